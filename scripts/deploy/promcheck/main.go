// promcheck holds what is for Prometheus against Prometheus' own code: the text of /metrics (standard input) against the
// linter behind `promtool check metrics`, and files of rules (arguments) against the reader behind `promtool check rules`.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	failed := false
	say := func(what string, problem any) {
		failed = true
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, problem)
	}
	problems, err := promlint.New(os.Stdin).Lint()
	if err != nil {
		say("/metrics", err)
	}
	for _, problem := range problems {
		say(problem.Metric, problem.Text)
	}
	for _, path := range os.Args[1:] {
		_, errs := rulefmt.ParseFile(path, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.Default())
		for _, err := range errs {
			say(path, err)
		}
	}
	if failed {
		os.Exit(1)
	}
}
