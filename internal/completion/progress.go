// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
)

// progressKey is the context key of the function that receives steps.
type progressKey struct{}

// WithProgress returns a context whose operations call report before each of their steps. A step is
// a sentence without a period, such as "Completing task t". It contains no secrets. The calls are
// sequential.
func WithProgress(ctx context.Context, report func(step string)) context.Context {
	return context.WithValue(ctx, progressKey{}, report)
}

// progress reports a step to the function of [WithProgress], if there is one.
func progress(ctx context.Context, format string, parts ...any) {
	if report, ok := ctx.Value(progressKey{}).(func(string)); ok {
		report(fmt.Sprintf(format, parts...))
	}
}
