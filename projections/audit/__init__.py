"""The audit export (离任审计): what a unit or officer did in a period, signed and provable. Import from the modules."""
