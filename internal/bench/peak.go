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

// glance is how often a provider's memory is looked at. What counts is the kernel's own high-water mark, so that only what a
// provider takes in its last moments is missed.
const glance = 10 * time.Millisecond

// watchProvider watches the providers that a CLI starts. The function that it gives ends that, and tells the most memory that
// any of them held, in bytes; 0 where the system does not say, as only Linux does.
func watchProvider(cli int) func() int64 {
	ended, told := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(glance)
		defer tick.Stop()
		var peak int64
		for {
			select {
			case <-ended:
				told <- peak
				return
			case <-tick.C:
				for _, child := range children(cli) {
					peak = max(peak, highWater(child))
				}
			}
		}
	}()
	return func() int64 { close(ended); return <-told }
}

// children are the providers among the processes that a process started.
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

// highWater reads the most memory that a process has held, in bytes.
func highWater(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), "\nVmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "kB")), 10, 64)
	return kib << 10
}
