package tlog_test

import (
	"fmt"

	"amends.dev/internal/tlog"
)

// A body is what was published; its bytes are the same whoever writes them.
func ExampleBody_Bytes() {
	body, err := tlog.Body{
		"plan":    "We move the rest to the second provider.",
		"now":     "About 1 in 9 payments fails.",
		"next_at": int64(1795404600000000),
	}.Bytes()
	fmt.Println(string(body), err)
	// Output:
	// {"next_at":1795404600000000,"now":"About 1 in 9 payments fails.","plan":"We move the rest to the second provider."} <nil>
}

// A leaf says where and when something was published, and commits to the words.
func ExampleLeaf_Bytes() {
	salt := tlog.Salt{1, 2, 3} // random in life: NewSalt
	body := []byte(`{"now":"About 1 in 9 payments fails."}`)
	leaf := tlog.Leaf{Kind: "update", Incident: "INC-17", Seq: 3, At: 1795402800000000, Commitment: tlog.Commit(salt, body)}
	text, err := leaf.Bytes()
	fmt.Println(string(text), err)
	fmt.Println(leaf.Opens(salt, body), leaf.Opens(salt, []byte(`{"now":"Nothing happened."}`)))
	// Output:
	// {"at":1795402800000000,"body":"7506c4b5a268e11027fced2d40a97815ccfb1369decb7718335ce1e4f083b00b","incident":"INC-17","kind":"update","seq":3,"v":1} <nil>
	// true false
}

// A publication stores the hashes that its leaf adds; a reader checks that the
// leaf is in the log that a checkpoint describes.
func ExampleAppend() {
	var stored []tlog.Hash // the rows of a table, by index
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = stored[index]
		}
		return out, nil
	})
	leaves := []string{"first", "second", "third"}
	for size, leaf := range leaves {
		first, hashes, err := tlog.Append(int64(size), []byte(leaf), read)
		if err != nil {
			panic(err)
		}
		fmt.Printf("leaf %d: %d hashes from index %d on\n", size, len(hashes), first)
		stored = append(stored, hashes...)
	}
	root, err := tlog.Root(3, read)
	if err != nil {
		panic(err)
	}
	c := tlog.Checkpoint{Origin: "status.example.org/log", Size: 3, Root: root}
	fmt.Print(c.Text())

	proof, err := tlog.ProveInclusion(3, 1, read)
	if err != nil {
		panic(err)
	}
	fmt.Println(tlog.VerifyInclusion(c, 1, []byte("second"), proof))
	fmt.Println(tlog.VerifyInclusion(c, 1, []byte("never said"), proof))
	// Output:
	// leaf 0: 1 hashes from index 0 on
	// leaf 1: 2 hashes from index 1 on
	// leaf 2: 1 hashes from index 3 on
	// status.example.org/log
	// 3
	// w2UeVBcUxT1kjsx7rsp/4sNu9PplvM4ksdcShkN95WY=
	// <nil>
	// leaf 1 of 3: the proof does not lead to this root
}
