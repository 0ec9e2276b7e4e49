"""Results → what people and programs read: records, tables, differences."""
