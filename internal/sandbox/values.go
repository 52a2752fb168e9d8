// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// copyValues returns a deep copy of decoded JSON.
func copyValues(values map[string]any) map[string]any {
	c := maps.Clone(values)
	for key, value := range c {
		c[key] = copyValue(value)
	}
	return c
}

func copyValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return copyValues(v)
	case []any:
		c := slices.Clone(v)
		for i := range c {
			c[i] = copyValue(c[i])
		}
		return c
	default:
		return value
	}
}

// jsonValues encodes and decodes values, so that later code only sees the types of a
// decoded request.
func jsonValues(values map[string]any) map[string]any {
	if len(values) == 0 {
		return map[string]any{}
	}
	encoded, err := json.Marshal(values)
	if err != nil {
		panic(fmt.Sprintf("sandbox: values that JSON cannot hold: %v", err))
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var decoded map[string]any
	if err := decoder.Decode(&decoded); err != nil {
		panic(fmt.Sprintf("sandbox: values that JSON cannot hold: %v", err))
	}
	return decoded
}
