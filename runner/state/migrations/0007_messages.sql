-- What parts of a night have told each other, each message as a CloudEvent.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.messages (
  message_id STRING NOT NULL,
  topic STRING NOT NULL,
  orchestration STRING NOT NULL,
  analysis_date DATE NOT NULL,
  published_at TIMESTAMP NOT NULL,
  data STRING NOT NULL,
  event STRING NOT NULL
) CLUSTER BY topic, analysis_date;
