package receiver

// Enfinitos does not document what a payload holds. The sandbox puts the kind of an event into kind.
var Enfinitos = timed("Enfinitos-Signature", "kind")
