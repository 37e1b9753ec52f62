"""When the centre is open: hours of the week, public holidays with their make-up working days, days of one's own."""
