module slipway.test/checks

go 1.26.0
