package main

import (
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// registers is completed by groups.go and since134.go of the dump program, which are copied beside this file.
func registers() []register {
	return append(groups(), apiextensions.AddToScheme, apiregistration.AddToScheme, metrics.AddToScheme)
}
