package dfns

// Held returns how many challenges and tokens the sandbox holds.
func (s *Server) Held() (challenges, tokens int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.challenges), len(s.tokens)
}
