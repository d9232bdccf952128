// Command goldens reads JSON objects (one per line) and prints each with the protobuf body that Kubernetes' own code makes of it.
// Run by hand in the work folder of the generator when the wire format or the sample objects change:
// its output is src/kube/protobuf/goldens.json.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

func main() {
	scheme := runtime.NewScheme()
	for _, register := range registers() {
		if err := register(scheme); err != nil {
			panic(err)
		}
	}
	if err := v1.AddMetaToScheme(scheme); err != nil {
		panic(err)
	}
	decoder := jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme, scheme, jsonserializer.SerializerOptions{})
	encoder := protobuf.NewSerializer(scheme, scheme)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	fmt.Println("[")
	for first := true; lines.Scan(); first = false {
		object, kind, err := decoder.Decode(lines.Bytes(), nil, nil)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", lines.Text(), err))
		}
		object.GetObjectKind().SetGroupVersionKind(*kind)
		var wire, text bytes.Buffer
		if err := encoder.Encode(object, &wire); err != nil {
			panic(err)
		}
		if err := decoder.Encode(object, &text); err != nil {
			panic(err)
		}
		if !first {
			fmt.Println(",")
		}
		row, _ := json.Marshal(map[string]any{"object": json.RawMessage(text.Bytes()), "hex": hex.EncodeToString(wire.Bytes())})
		fmt.Print(string(row))
	}
	fmt.Println("\n]")
}
