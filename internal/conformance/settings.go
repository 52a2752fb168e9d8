// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The environment variables of the suite. The provider reads the first group too.
const (
	envAccessToken  = "TALLYFY_ACCESS_TOKEN" //nolint:gosec // the name of a variable
	envAPIToken     = "TALLYFY_API_TOKEN"    //nolint:gosec // the name of a variable
	envOrganization = "TALLYFY_ORG_ID"
	envBaseURL      = "TALLYFY_BASE_URL"
	envClientID     = "TALLYFY_CLIENT_ID"
	envClientSecret = "TALLYFY_CLIENT_SECRET" //nolint:gosec // the name of a variable
	envTokenURL     = "TALLYFY_TOKEN_URL"     //nolint:gosec // the name of a variable

	envEnabled      = "TF_ACC"
	envConfirmation = "TALLYFY_ACC_ORGANIZATION"
	envTemplate     = "TALLYFY_ACC_CHECKLIST"
	envInterval     = "TALLYFY_ACC_INTERVAL"
	envMaxRequests  = "TALLYFY_ACC_MAX_REQUESTS"
	envReport       = "TALLYFY_ACC_REPORT"
)

const (
	defaultInterval    = time.Second
	defaultMaxRequests = 400
)

// Settings are what the suite runs against, and how gently.
type Settings struct {
	// BaseURL is the root of the API. IsDefault reports whether it is Tallyfy's own.
	BaseURL   *url.URL
	IsDefault bool
	// Token acts as a user, and Organization is the ID of that user's organization.
	Token, Organization string
	// Template is the ID of a template to launch a process from; empty for none.
	Template string
	// ClientID, ClientSecret and TokenURL are an application's, which one observation uses; empty
	// for none.
	ClientID, ClientSecret, TokenURL string
	// Interval is the least time between two requests, and MaxRequests their largest number before
	// the clean-up.
	Interval    time.Duration
	MaxRequests int
	// ReportDir is the directory that the report is written to; empty for the root of the
	// repository.
	ReportDir string
}

// ReadSettings reads the settings from environment variables. The error says which variable is
// missing or invalid, and contains no secret.
func ReadSettings(getenv func(string) string) (Settings, error) {
	s := Settings{
		Token: strings.TrimSpace(getenv(envAccessToken)), Organization: getenv(envOrganization), Template: getenv(envTemplate),
		ClientID: getenv(envClientID), ClientSecret: getenv(envClientSecret), TokenURL: getenv(envTokenURL),
		Interval: defaultInterval, MaxRequests: defaultMaxRequests, ReportDir: getenv(envReport),
	}
	if s.Token == "" {
		s.Token = strings.TrimSpace(getenv(envAPIToken))
	}
	if s.TokenURL == "" {
		s.TokenURL = tallyfy.DefaultTokenURL
	}
	for _, read := range []func(func(string) string) error{s.readAccount, s.readConfirmation, s.readPace} {
		if err := read(getenv); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

// readAccount checks which account the suite uses.
func (s *Settings) readAccount(getenv func(string) string) error {
	switch {
	case s.Token == "" && s.ClientID != "":
		return fmt.Errorf("%s is not set: the suite creates tasks for the user of the token, and an application is not a user. "+
			"Set a personal access token; %s and %s may stay set, and one observation uses them", envAccessToken, envClientID, envClientSecret)
	case s.Token == "":
		return fmt.Errorf("%s is not set: create a personal access token in Tallyfy under Settings > Integrations > REST API", envAccessToken)
	}
	if err := tallyfy.CheckToken(s.Token); err != nil {
		return fmt.Errorf("%s is invalid: %w", envAccessToken, err)
	}
	base := getenv(envBaseURL)
	if base == "" {
		base = tallyfy.DefaultBaseURL
	}
	parsed, err := tallyfy.ParseBaseURL(base)
	if err != nil {
		return fmt.Errorf("%s is invalid: %w", envBaseURL, err)
	}
	s.BaseURL, s.IsDefault = parsed, parsed.String() == tallyfy.DefaultBaseURL
	if s.Organization == "" {
		return fmt.Errorf("%s is not set", envOrganization)
	}
	for name, id := range map[string]string{envOrganization: s.Organization, envTemplate: s.Template} {
		if err := tallyfy.CheckID(id); id != "" && err != nil {
			return fmt.Errorf("%s is invalid: %w", name, err)
		}
	}
	if (s.ClientID == "") != (s.ClientSecret == "") {
		return fmt.Errorf("only one of %s and %s is set: set both, or neither", envClientID, envClientSecret)
	}
	return nil
}

// readConfirmation checks that the user names the organization twice, so that nobody runs the suite
// by accident.
func (s *Settings) readConfirmation(getenv func(string) string) error {
	switch getenv(envConfirmation) {
	case s.Organization:
		return nil
	case "":
		return fmt.Errorf("%s is not set: the suite creates, completes and archives tasks, so it also needs the ID of the organization in this variable. "+
			"Use an organization for tests", envConfirmation)
	default:
		return fmt.Errorf("%s and %s name different organizations: nothing was sent", envConfirmation, envOrganization)
	}
}

// readPace reads how many requests are sent, and how fast.
func (s *Settings) readPace(getenv func(string) string) error {
	if text := getenv(envInterval); text != "" {
		interval, err := time.ParseDuration(text)
		if err != nil || interval < 0 {
			return fmt.Errorf("%s is not a duration such as 1s or 200ms", envInterval)
		}
		s.Interval = interval
	}
	if text := getenv(envMaxRequests); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 {
			return fmt.Errorf("%s is not a number of requests", envMaxRequests)
		}
		s.MaxRequests = number
	}
	return nil
}

// Disabled returns the reason why the suite does not run, and nil if it does.
func Disabled(getenv func(string) string) error {
	if getenv(envEnabled) != "" {
		return nil
	}
	return errors.New(envEnabled + " is not set, so no request was sent to a live Tallyfy. \"make testacc\" sets it")
}
