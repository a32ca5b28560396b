package dfns

// Held returns how many challenges and tokens the sandbox holds.
func (s *Server) Held() (challenges, tokens int) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return len(s.challenges), len(s.tokens)
}
