package delivery

// OnlyLoopback is the check of an address that is about to be dialled.
func OnlyLoopback(address string) error { return onlyLoopback("tcp", address, nil) }
