"""From reading to judgement: rules, stance, checklist. Pure: no network, no database, no clock."""
