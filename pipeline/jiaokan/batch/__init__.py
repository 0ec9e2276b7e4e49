"""Many documents: one module per engine; nothing else imports an engine."""
