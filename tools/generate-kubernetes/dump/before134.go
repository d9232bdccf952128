//go:build k133

package main

var since134 []register
