package delivery

// OnlyLoopback is the check of an address that is about to be dialled.
func OnlyLoopback(address string) error { return onlyLoopback("tcp", address, nil) }

// Code is the name of an error.
func Code(err error) string { return code(err) }
