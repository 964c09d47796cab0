"""Tables of the fence in Label Studio's database; ``label-studio start`` brings them up."""
