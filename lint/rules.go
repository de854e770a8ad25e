package lint

// The tables of the package, filled by init because the rules' checks look
// rules up in them.
var (
	ruleList      []Rule // the manual: every rule, in the order of its pages
	ruleNumbers   map[string]int
	phrases       []phrase // every group of patterns, of all rules and marks
	phraseRule    []int    // by phrase, the number of the rule that reports it
	sentenceRules []Rule
	documentRules []Rule
)

func init() {
	ruleList = []Rule{
		agentHidden, passiveRule, blame, hindsight, minimising, nonApology,
		selfHedge, uncertain, weasel, approximate,
		vague, filler, repeated, falseCertainty,
		assigned, effortOnly, weShare, jargon,
		noAction, noMeasure, noCause, noReflection, noNextTime,
		weakAction, relativeOrPoints, unsourcedNumber, missingSince, missingWhom,
	}
	ruleNumbers = make(map[string]int, len(ruleList))
	for i := range ruleList {
		ruleList[i].number = i
		ruleNumbers[ruleList[i].ID] = i
		if ruleList[i].sentence != nil {
			sentenceRules = append(sentenceRules, ruleList[i])
		}
		if ruleList[i].document != nil {
			documentRules = append(documentRules, ruleList[i])
		}
	}
	for _, list := range [][]phrase{
		blamePhrases, hindsightPhrases, minimisingPhrases, nonApologyPhrases, hedgePhrases, vaguePhrases,
		fillerPhrases, falseCertaintyPhrases, storyPhrases, weakActionPhrases, markPhrases,
	} {
		phrases = append(phrases, list...)
	}
	phraseRule = make([]int, len(phrases))
	for i, p := range phrases {
		if p.rule != "" {
			phraseRule[i] = mustNumber(p.rule)
		}
	}
}
