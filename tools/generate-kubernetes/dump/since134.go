//go:build !k133

package main

import resource "k8s.io/api/resource/v1"

var since134 = []register{resource.AddToScheme}
