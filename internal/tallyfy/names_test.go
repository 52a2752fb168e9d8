// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import "testing"

func TestNormalizeName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ a, b string }{
		"decomposed":       {"Gro\u0308\u00dfe", "Gr\u00f6\u00dfe"},
		"no-break space":   {"VPC\u00a0id", "VPC id"},
		"narrow no-break":  {"VPC\u202fid", "VPC id"},
		"whitespace":       {" VPC id\r\n", "VPC id"},
		"no-break around":  {"\u00a0VPC id\u00a0", "VPC id"},
		"byte order mark":  {"\ufeffVPC id", "VPC id"},
		"already the same": {"VPC id", "VPC id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a, b := NormalizeName(c.a), NormalizeName(c.b); a != b {
				t.Errorf("%q became %q, and %q became %q", c.a, a, c.b, b)
			}
		})
	}
	for _, other := range []string{"vpc id", "VPC  id", "VPC-id", "VPC id."} {
		if NormalizeName(other) == NormalizeName("VPC id") {
			t.Errorf("%q is taken for another name", other)
		}
	}
}
