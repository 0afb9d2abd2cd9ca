"""Tags: the words that a workspace sorts its posts by, whatever board they are on."""
