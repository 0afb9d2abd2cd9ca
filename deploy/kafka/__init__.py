"""How the local Kafka is set up, and the jars that it runs from."""
