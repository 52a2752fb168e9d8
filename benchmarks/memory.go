// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pollInterval is how often a provider's memory is read. The kernel's high-water mark is read, so
// only growth in the last moments of a provider is missed.
const pollInterval = 10 * time.Millisecond

// watchMemory watches the providers that a CLI starts. The returned function stops the watch and
// returns the peak memory of any of them in bytes. It is 0 on systems other than Linux.
func watchMemory(cli int) func() int64 {
	ended, measured := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(pollInterval)
		defer tick.Stop()
		var peak int64
		for {
			select {
			case <-ended:
				measured <- peak
				return
			case <-tick.C:
				for _, child := range children(cli) {
					peak = max(peak, peakMemory(child))
				}
			}
		}
	}()
	return func() int64 { close(ended); return <-measured }
}

// children returns the provider processes that the process pid started.
func children(pid int) []int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var found []int
	for _, list := range lists {
		text, _ := os.ReadFile(list) //nolint:gosec // of the kernel
		for word := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				continue
			}
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child))
			if strings.Contains(string(name), "terraform-provider-") {
				found = append(found, child)
			}
		}
	}
	return found
}

// peakMemory returns the peak memory of a process in bytes.
func peakMemory(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), "\nVmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "kB")), 10, 64)
	return kib << 10
}
