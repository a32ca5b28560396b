//go:build !race

package sandbox_test

// raceEnabled tells a test that everything takes ten times as long.
const raceEnabled = false
