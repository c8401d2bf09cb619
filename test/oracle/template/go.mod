module strata.test/template

go 1.26.0
