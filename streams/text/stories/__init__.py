"""Stories: which articles are about the same event. Pure: `signature` says what is compared, `likeness` and `vectors` compare,
`story` is what is remembered, `index` decides."""
