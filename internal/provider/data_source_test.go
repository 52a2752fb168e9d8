// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// These tests read data sources over the protocol, as a CLI does. Those with a CLI are in
// data_source_acc_test.go.

// settings returns a provider block for the sandbox.
func (h *harness) settings() attributes {
	return attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": h.URL(), "max_retries": 0}
}

// data resets the journal, reads a data source, and returns its attributes and the diagnostics.
func (h *harness) data(source string, block attributes) (map[string]any, prototest.Diagnostics) {
	h.Helper()
	return h.dataBy(h.settings(), source, block)
}

func (h *harness) dataBy(settings attributes, source string, block attributes) (map[string]any, prototest.Diagnostics) {
	h.Helper()
	h.ResetJournal()
	value, said, err := prototest.Data(h.Context(), New("test"), settings, source, block)
	if err != nil {
		h.Fatal(err)
	}
	values, _ := goValue(h.T, value).(map[string]any)
	return values, said
}

// mustData is data that fails the test if there are diagnostics.
func (h *harness) mustData(source string, block attributes) map[string]any {
	h.Helper()
	values, said := h.data(source, block)
	if len(said) > 0 {
		h.Fatalf("said %s", said)
	}
	return values
}

// checkReads checks that the requests were exactly these reads, by the endings of their paths with
// query.
func (h *harness) checkReads(endings ...string) {
	h.Helper()
	var got []string
	for _, entry := range h.Journal() {
		target := entry.Path
		if entry.Query != "" {
			target += "?" + entry.Query
		}
		got = append(got, entry.Method+" "+target)
	}
	if !slices.EqualFunc(got, endings, func(got, ending string) bool {
		return strings.HasPrefix(got, http.MethodGet+" ") && strings.HasSuffix(got, ending)
	}) {
		h.Errorf("requested %q, want %q", got, endings)
	}
}

// checkError checks that there is one diagnostic: an error on the attribute with these words in
// this order.
func (h *harness) checkError(said prototest.Diagnostics, attribute string, words ...string) {
	h.Helper()
	if len(said) != 1 || !said.Failed() {
		h.Fatalf("said %q, want one error", said)
	}
	onAttribute(h.T, said[0], attribute)
	if text := said.String(); !spaced(words...).MatchString(text) {
		h.Errorf("%q are missing in %s", words, text)
	}
}

func onAttribute(t *testing.T, d *tfprotov6.Diagnostic, attribute string) {
	t.Helper()
	if got := strings.TrimSuffix(strings.TrimPrefix(d.Attribute.String(), `AttributeName("`), `")`); got != attribute {
		t.Errorf("it is about %q, want %q", got, attribute)
	}
}

// goValue returns a known value as encoding/json decodes it, with whole numbers as int64.
func goValue(t *testing.T, value tftypes.Value) any {
	t.Helper()
	if value.IsNull() {
		return nil
	}
	as := func(into any) {
		t.Helper()
		if err := value.As(into); err != nil {
			t.Fatal(err)
		}
	}
	switch typ := value.Type(); {
	case typ.Is(tftypes.String):
		var text string
		as(&text)
		return text
	case typ.Is(tftypes.Bool):
		var yes bool
		as(&yes)
		return yes
	case typ.Is(tftypes.Number):
		number := new(big.Float)
		as(number)
		whole, _ := number.Int64()
		return whole
	case typ.Is(tftypes.List{}), typ.Is(tftypes.Tuple{}):
		var elements []tftypes.Value
		as(&elements)
		all := []any{}
		for _, element := range elements {
			all = append(all, goValue(t, element))
		}
		return all
	default:
		var elements map[string]tftypes.Value
		as(&elements)
		all := map[string]any{}
		for name, element := range elements {
			all[name] = goValue(t, element)
		}
		return all
	}
}

var dataSources = []string{"tallyfy_task", "tallyfy_tasks", "tallyfy_run"}

// blockOf returns the smallest valid block of a data source, with more attributes.
func blockOf(source string, more attributes) attributes {
	block := attributes{}
	switch source {
	case "tallyfy_task":
		block["task_id"] = sandbox.SeedVPCTaskID
	case "tallyfy_run":
		block["run_id"] = sandbox.SeedRunID
	}
	for name, value := range more {
		block[name] = value
	}
	return block
}

func TestDataSourceSchemasAreValid(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var names []string
	for _, newDataSource := range New("test")().DataSources(ctx) {
		d := newDataSource()
		var metadata datasource.MetadataResponse
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "tallyfy"}, &metadata)
		names = append(names, metadata.TypeName)
		var got datasource.SchemaResponse
		d.Schema(ctx, datasource.SchemaRequest{}, &got)
		if diags := got.Schema.ValidateImplementation(ctx); diags.HasError() {
			t.Errorf("%s: %v", metadata.TypeName, diags)
		}
		described(t, metadata.TypeName, got.Schema.Attributes)
		for name, block := range got.Schema.Blocks {
			if block.GetMarkdownDescription() == "" {
				t.Errorf("%s: %s is not described", metadata.TypeName, name)
			}
		}
	}
	if !slices.Equal(names, dataSources) {
		t.Errorf("there are %q", names)
	}
}

func described(t *testing.T, of string, all map[string]schema.Attribute) {
	t.Helper()
	for name, attribute := range all {
		if attribute.GetMarkdownDescription() == "" {
			t.Errorf("%s: %s is not described", of, name)
		}
		switch nested := attribute.(type) {
		case schema.SingleNestedAttribute:
			described(t, of+"."+name, nested.Attributes)
		case schema.ListNestedAttribute:
			described(t, of+"."+name, nested.NestedObject.Attributes)
		}
	}
}

func TestOrganizationOfADataSource(t *testing.T) {
	t.Parallel()
	for _, source := range dataSources {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			if got := h.mustData(source, blockOf(source, nil)); got["organization_id"] != sandbox.DefaultOrganization {
				t.Errorf("the provider's: got %v", got["organization_id"])
			}
			elsewhere := h.settings()
			elsewhere["organization_id"] = "elsewhere"
			got, said := h.dataBy(elsewhere, source, blockOf(source, attributes{"organization_id": sandbox.DefaultOrganization}))
			if len(said) > 0 || got["organization_id"] != sandbox.DefaultOrganization {
				t.Errorf("its own: got %v, %s", got["organization_id"], said)
			}
			_, said = h.dataBy(elsewhere, source, blockOf(source, nil))
			if len(said) != 1 || !spaced("403 Forbidden", "Check that organization_id is the token's organization", "Tallyfy said: You don't have application's permissions", "Request ID: sandbox-").MatchString(said.String()) {
				t.Errorf("another's: said %s", said)
			}
			nowhere := h.settings()
			delete(nowhere, "organization_id")
			_, said = h.dataBy(nowhere, source, blockOf(source, nil))
			h.checkError(said, "organization_id", "Missing Organization", "organization_id of this data source")
			h.checkReads()
		})
	}
}

func TestDataSourceWithAnUnknownProvider(t *testing.T) {
	t.Parallel()
	for _, source := range dataSources {
		for _, unknown := range []string{"access_token", "organization_id", "base_url"} {
			h := newHarness(t, sandbox.Config{})
			settings := h.settings()
			settings[unknown] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
			_, said := h.dataBy(settings, source, blockOf(source, nil))
			h.checkError(said, "", "Provider Configuration Is Not Known", "known only after apply", "-target")
			h.checkReads()
		}
	}
}

func TestTimeoutOfADataSource(t *testing.T) {
	t.Parallel()
	read := func(text string) attributes {
		typ := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}
		return attributes{"timeouts": tftypes.NewValue(typ, map[string]tftypes.Value{"read": tftypes.NewValue(tftypes.String, text)})}
	}
	for _, source := range dataSources {
		h := newHarness(t, sandbox.Config{})
		h.Inject(sandbox.Fault{Times: -1, Before: func(r *http.Request) { <-r.Context().Done() }})
		_, said := h.data(source, blockOf(source, read("50ms")))
		if len(said) != 1 || !spaced("no response came before", "timeout").MatchString(said.String()) {
			t.Errorf("%s: said %s", source, said)
		}
		_, said = h.data(source, blockOf(source, read("0s")))
		if len(said) != 1 || !strings.Contains(said.String(), "Invalid Duration") {
			t.Errorf("%s: said %s", source, said)
		}
		h.checkReads()
	}
}
