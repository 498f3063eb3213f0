"""Works that are marked by a code: who keeps its layers, how they are drawn, how they are opened again."""
