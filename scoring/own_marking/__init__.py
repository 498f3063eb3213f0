"""What a judge may see of the own marking once results are final: figures of one judge beside the whole panel."""
