// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"errors"
	"fmt"
)

// Restart listens again after Close or Shutdown, on a free port of 127.0.0.1; see
// URL. Tasks, counters, faults and the journal are kept. It is an error for a
// Server that still listens, and for one from New. A Fault's Before may call it.
func (s *Server) Restart() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listening == nil {
		return errors.New("restarting the sandbox: it has never listened; make it with Start")
	}
	select {
	case <-s.listening.served:
	default:
		return fmt.Errorf("restarting the sandbox: it still listens at %s; close it first", s.listening.url)
	}
	l, err := listen(freePort, s)
	if err != nil {
		return fmt.Errorf("restarting the sandbox: %w", err)
	}
	s.listening = l
	return nil
}
