"""What is decided: workspaces with their keys, boards and posts, and the application that decides."""
