"""Stories: which articles tell of one event. Pure: `signature` says what is compared, `likeness` and `vectors` compare,
`story` is what is remembered, `index` decides."""
