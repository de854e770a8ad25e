package lint

import "strings"

// vocabulary fills the lexicon. The lists are general English, written for
// this package; docs/lint-accuracy.md says what they were checked against.
func (l *language) vocabulary() {
	l.addAll(`be am is are was were been being isn't aren't wasn't weren't ain't isnt wasnt werent arent`, tBe)
	l.addAll(`isn't aren't wasn't weren't ain't not never don't doesn't didn't haven't hasn't hadn't won't wouldn't can't
		cannot couldn't shouldn't mustn't needn't didnt dont doesnt wasnt isnt cant couldnt wont`, tNot)
	l.addAll(`get gets got getting gotten`, tGet)
	l.addAll(`have has had having haven't hasn't hadn't i've we've you've they've`, tHave)
	l.addAll(`do does did don't doesn't didn't doing done`, tDo)
	l.addAll(`may might can could should would must cannot can't couldn't shouldn't wouldn't mustn't ought i'd we'd they'd you'd`, tModal)
	l.addAll(`will shall won't i'll we'll you'll they'll it'll that'll there'll he'll she'll`, tWill)
	l.addAll(`it's that's what's here's there's he's she's who's i'm we're you're they're where's how's everything's let's`, tClitic)
	l.addAll(`the a an this that these those my your his her its our their no some any each every another such what which whose`, tDet)
	l.addAll(`i we you they he she it who i'm i've i'll i'd we're we've we'll we'd you're they're`, tSubject)
	l.addAll(`me us him her them it you myself ourselves themselves`, tObject)
	l.addAll(`i me my mine myself i'm i've i'll i'd`, tI)
	l.addAll(`we us our ours ourselves we're we've we'll we'd`, tWe)
	l.addAll(`you your yours yourself yourselves you're you've you'll you'd`, tYou)
	l.addAll(`they them their theirs he him his she her they're they've they'll he's she's he'd she'd they'd`, tThey)
	l.addAll(`of in on at by for with from to into onto over under between among through during before after since until till
		against within without across along behind beyond about around near per via upon off out up down than as like
		because despite toward towards throughout inside outside above below amid`, tPrep)
	l.addAll(`and or but nor then yet &`, tAnd)
	l.addAll(`what when which who whom whose where why how that whether if while because although though unless as`, tWh)
	l.addAll(adverbs, tAdverb)
	l.addAll(`very too so quite rather extremely really pretty more most less least fairly somewhat highly
		incredibly deeply totally`, tDegree|tAdverb)
	l.add("how", tDegree)
	l.addAll(irregularParticiples, tPart)
	l.addAll(intransitives, tAdj)
	l.addAll(irregularPasts, tPast)
	l.addAll(notParticiples, tAdj)
	l.addAll(adjectives, tAdj)
	l.addAll(`closed located involved married dressed used based related limited required expected supposed intended
		designed known needed broken connected committed accustomed dedicated allowed lost
		prepared opposed exposed attached scheduled planned complicated`, tState)
	l.addAll(`set read cost cut hit put let shut split spread cast quit hurt burst bet shed come run become overcome`, tNounEd)
	l.addAll(`given told sent shown asked offered granted paid taught promised handed awarded denied allowed called named
		considered made left left elected appointed assigned`, tDitrans)
	l.addAll(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
		seventeen eighteen nineteen twenty thirty forty fifty sixty ninety hundred thousand million billion half dozen`, tNum)
	l.addAll(`second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks month months quarter
		quarters year years`, tUnit)
	l.addAll(`january february march april may june july august september october november december jan feb mar apr jun jul
		aug sep sept oct nov dec`, tMonth)
	l.addAll(`monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun`, tDay)
	l.addAll(`some several many few various numerous multiple certain most`, tVague)
	l.addAll(`user users customer customers client clients account accounts request requests order orders payment payments
		message messages email emails e-mail e-mails mail mails job jobs build builds run runs session sessions login logins
		sign-in sign-ins transaction transactions upload uploads download downloads visitor visitors people person persons
		team teams member members partner partners merchant merchants shop shops shopper shoppers tenant tenants
		organisation organisations organization organizations company companies record records row rows file files
		repository repositories repo repos page pages call calls query queries connection connections device devices
		node nodes server servers host hosts instance instances region regions website websites site sites package packages
		webhook webhooks notification notifications event events invoice invoices report reports ticket tickets subscriber
		subscribers project projects workflow workflows operation operations push pushes pull pulls api apis hub hubs
		pod pods container containers vm vms database databases cluster clusters search searches checkout checkouts
		booking bookings patient patients student students employee employees colleague colleagues traffic revenue
		shipment shipments parcel parcels reader readers backup backups deployment deployments document documents
		contributor contributors developer developers application applications app apps store stores purchase purchases`, tPeople)
	l.addAll(`engineer engineers manager managers developer developers operator operators admin admins administrator
		technician contractor contractors intern colleague colleagues teammate coworker employee boss lead director
		reviewer author driver vp cto ceo designer analyst tester testers qa`, tPerson)
	l.addAll(`vendor vendors provider providers supplier suppliers upstream third-party contractor contractors registrar
		partner isp carrier carriers aws azure gcp cloudflare fastly akamai google amazon microsoft stripe twilio github
		okta datadog heroku digitalocean oracle salesforce slack hetzner ovh verizon comcast at&t`, tVendor)
	l.addAll(`issue issues problem problems incident incidents outage outages failure failures error errors bug bugs mistake
		mistakes disruption disruptions downtime defect defects fault breakage regression crash slowdown degradation delay
		delays leak breach loss`, tFault)
	l.addAll(`tomorrow tonight today later soon shortly next`, tFuture)
	l.addAll(humanActs, tHuman|tPart)
	l.addAll(repairActs, tRepair|tPart)
	l.addAll(`. ! ? …`, tEnd)
	l.addAll(`, ; : – — ( ) -`, tComma)
	for i := range l.entries {
		if e := &l.entries[i]; e.tags&tAdj == 0 && (e.tags&(tState|tDitrans) != 0 || strings.HasSuffix(e.text, "ed") && len(e.text) > 4) {
			e.tags |= tPart
		}
	}
}

// Adverbs that do not end in -ly, and words that stand between be and a
// participle the way adverbs do.
const adverbs = `also always already again almost altogether as both all each back else even ever first finally further
	hereby hitherto however indeed instead just last later least less long maybe more most much nearly never newly now
	nowadays often once only otherwise perhaps quite rather really recently seldom simply since so sometimes soon still
	then thereby therefore thus today together too twice usually very well yet far fast hard ill little no not
	apparently thereafter forever likewise meanwhile moreover nevertheless nonetheless somehow somewhat thereof
	somewhere anywhere everywhere online offline overnight instantly half pretty kind either neither in-place upfront
	half-way badly probably initially either yesterday tomorrow there here anymore hardly any longer sort alone half
	doubly trebly wrongly best better worse`

const irregularParticiples = `arisen awoken borne born beaten become begotten begun bent bereft besought beset bestrewn bet
	bid bidden bitten bled blown bound bought bred bred broken brought broadcast built burnt burned burst bust cast caught chosen clad
	cleft clung come cost crept cut dealt done drawn dreamt driven drunk dug dwelt eaten fallen fed felt fled flown flung forbidden
	forecast foregone foreseen forgiven forgone forgot forgotten forsaken fought found frozen given gone gotten ground grown
	hacked heard held hewn hid hidden hit hung hurt input inlaid kept knit known laid lain learnt leapt led left lent let lit lost
	made meant met misheard misled mislaid misread misspelt mistaken misunderstood mown offset outdone outgrown outrun outsold
	overcome overdone overdrawn overheard overridden overrun overseen oversold overtaken overthrown overwritten paid
	pled preset proofread proven put quit read reborn rebuilt redone redrawn relaid remade reread rerun resent reset resold rewritten retaken
	rethought rewound rewritten rid ridden risen rung run said sat sawn seen sent set sewn shaken shaven shed shod shone shorn
	shot shown shrunk shut slain slept slid slit smitten snuck sold sought sown spat sped spelt spent spilt split spoilt spoken
	spread sprung spun stolen stood stricken strewn striven struck strung stuck stung stunk sublet sung sunk swept sworn
	swollen swum swung taken taught thought thrown thrust told torn trodden typeset unbound undercut undergone undersold
	understood undertaken undone unwound uphung upheld upset wept withdrawn withheld withstood woken won worn wound woven
	wrought written wrung beheld shown drawn gilt sped flown tied untied died lied`

const irregularPasts = `arose ate awoke became began bit blew broke chose did drank drew drove fell flew forbade forgave forgot froze
	gave grew knew lay mistook oversaw overtook overthrew overrode rang rewrote rode rose sang sank saw shook shrank sprang stole strove
	swore swam threw took tore undertook was were went withdrew woke wore wrote wove shrunk stank trod undid`

// Verbs without an object, whose participle makes no passive.
const intransitives = `happened occurred arrived appeared disappeared existed remained seemed died failed expired benefited lied
	stayed declined fallen risen gone come become arisen grown slept stood been lain lied crowed stepped vanished emerged resulted belonged
	consisted depended lasted elapsed coincided collapsed crashed collided sneezed smiled laughed cried sighed yawned nodded shrugged
	persisted subsided surged peaked plummeted soared dwindled lagged lingered flourished thrived perished starved travelled traveled
	commuted immigrated emigrated participated cooperated collaborated competed interacted responded replied reacted tried
	wanted liked seemed tended proceeded succeeded vowed agreed-upon hoped waited battled garnered swum flown-by wept fled`

// Words that end like a participle and are none.
const notParticiples = `need speed feed seed weed bleed breed deed greed reed creed indeed exceed proceed succeed embed
	hundred hatred kindred sacred naked wicked rugged ragged jagged crooked aged beloved biped quadruped shed sled bed red
	led fled bred shred sped wed ted fred ned ed med unwed hotbed seabed riverbed newlywed moped bobsled airbed infrared
	feed newsfeed supposed-to learned-helplessness parallelised-edition agreed-upon centipede coed hundred-odd
	wretched dogged legged three-legged two-legged four-legged one-legged cross-legged blessed-be`

// Adjectives in -ed that take be without being passives.
const adjectives = `interested uninterested disinterested tired bored excited scared worried pleased displeased thrilled delighted
	disappointed annoyed irritated confused puzzled surprised astonished shocked stunned frustrated exhausted
	embarrassed ashamed overwhelmed concerned-about depressed devastated relaxed satisfied dissatisfied unsatisfied
	inclined qualified unqualified inexperienced skilled unskilled talented uneducated sophisticated complicated
	detailed unlimited crowded overcrowded outdated dated antiquated old-fashioned overpriced overrated underrated
	understaffed overworked underpaid relieved bemused amused privileged humbled damned sick-and-tired fed-up
	fascinated obsessed addicted terrified horrified frightened alarmed petrified mortified appalled disgusted
	outraged enraged infuriated agitated distressed troubled offended excited-about enthused acquainted unacquainted
	attached-to unprepared unfounded unheard unimpressed impressed unchanged unaffected undisturbed unrelated
	unnoticed unsolved untouched unused unwanted unwarranted unexpected unprecedented undecided undefined
	undetermined unfinished unidentified uninhabited uninsured unlicensed unopposed unpaved unresolved unsigned
	unspecified untested untitled unverified unattended unanswered unbalanced unarmed unaided unannounced unbiased
	unconfirmed undeserved undisclosed unemployed unencumbered unharmed uninformed unintended uninvited unlisted
	unmatched unmodified unparalleled unplanned unprotected unpublished unrestricted unscheduled unsecured
	unsupported unsupervised unsuited unsurpassed untrained untreated vested well-known well-informed well-educated
	well-behaved well-rounded self-employed red-faced short-lived long-lived one-sided open-ended wide-eyed
	close-minded narrow-minded open-minded broad-minded like-minded absent-minded minded hearted good-natured
	cold-blooded warm-hearted kind-hearted light-hearted half-hearted tight-lipped bald-headed retired deceased
	departed sworn rotted decayed faded withered wrinkled freckled tattooed bearded vaulted domed colored coloured
	flavored flavoured scented textured sided gone sunken molten rotten misshapen outspoken shrunken stale swollen
	so-called aforementioned renowned famed accomplished seasoned discontented bereaved estranged jet-lagged
	hungover crazed deranged deluded misguided ill-advised ill-equipped ill-prepared devoted divorced married
	orphaned handicapped diseased bloated constipated dehydrated dazed intoxicated stoned sloped barbed feathered
	furred hollowed elated overjoyed psyched stoked bummed amped jazzed tempted unconcerned undaunted undeterred
	unfazed concerned related stuck rid expired headed slanted congested cramped incarcerated lopsided over-priced
	over-rated gratified discouraged oriented intertwined bruised jammed clogged swamped wounded-up thirsted parched
	starved famished nauseated pixelated pressurised pressurized corrugated rarefied tapered chequered sequined
	embarassed embarrased suited ill-suited best-suited rooted-in self-contained self-inflicted self-taught
	self-made high-priced low-priced air-conditioned well-suited best-known better-known little-known high-pitched
	ill-fated ill-conceived ill-defined ill-timed unwooded underdressed overdressed puffed-up bespectacled gnarled
	jam-packed deep-seated deep-rooted far-fetched clear-cut`

// Acts whose doer matters when something went wrong: causes, changes,
// decisions, omissions.
const humanActs = `deployed merged released shipped rolled-out pushed committed approved reviewed configured misconfigured
	changed modified altered edited updated upgraded downgraded removed deleted dropped disabled enabled turned
	introduced added installed migrated moved renamed copied overwritten written rewritten coded implemented designed
	tested untested validated verified checked documented planned scheduled decided chosen agreed made missed
	overlooked ignored skipped forgotten neglected omitted misread misunderstood misjudged underestimated overestimated
	assumed classified misclassified labelled labeled mislabeled assigned escalated delayed postponed cancelled canceled
	deferred prioritised prioritized deprioritized communicated notified informed told announced promised reported
	run executed triggered started launched applied set sent issued granted revoked left given taken dismissed
	closed rotated renewed provisioned ordered entered typed selected handled mishandled tuned hardcoded hard-coded
	exposed leaked shared published built signed trained followed considered discussed addressed monitored caught detected
	noticed unnoticed created cleaned maintained patched replaced reverted swapped switched scaled reduced increased lowered raised
	tracked recorded logged kept broken bypassed accepted rejected requested required authorised authorized
	included excluded done worked lifted exported reused restricted adjusted cut misjudged tagged rushed prioritised
	prioritized renewed ordered switched completed cancelled hidden raised downgraded fed loaded overridden manually force-pushed cherry-picked
	whitelisted allowlisted wiped purged archived decommissioned retired refactored mistyped mis-set mis-sized oversized undersized
	extended transferred reworked accepted altered pointed edited drafted signed-off communicated transferred granted automated enforced clarified defined established prepared performed budgeted staffed`

// Repair and status: who did it costs no trust when it is not said.
const repairActs = `resolved restored fixed mitigated recovered repaired contained identified isolated completed rerouted
	redirected failed-over restarted rebooted rolled-back reverted rebuilt replayed reprocessed drained paused resumed
	investigated diagnosed confirmed affected impacted degraded disrupted interrupted throttled queued delayed lost
	disconnected blocked stalled slowed elevated improved stabilised stabilized normalised normalized caused cleared
	processed served returned dropped rejected refused located stored hosted connected related closed reopened
	observed seen found reached experienced performed needed`

// asked are the words that the checks name one by one, so that a word beyond the
// lexicon needs no comparing. A test holds the list to the checks.
const asked = `unavailability downtime hoping going unless additional success exist hides remains stays varies vary plan expect intend aim planning expecting " $ % ' 's ( ) +1 +10 +11 +12 +13 +2 +3 +4 +5.5 +8 +9 +9.5 , - -3 -4 -5 -6 -7 -8 . / 2006-01-02 2006-01-02T15:04
	2006-01-02T15:04:05Z 2006-01-02T15:04Z 2h 30min : ; ? @ America/Chicago America/Denver America/Los_Angeles
	America/New_York EOD US UTC Z a a.m able about above accept accident accidentally according account accounts acronym
	acst actions additional adversary aedt aest affected after afternoon again ago aim alarm alarms alert alerting alerts
	all almost already also always am an analyse analysis analyze and announced another anticipate any api apis apologise
	apologize app applied approval approved approx approximately apps are aren't around art as asked assigned assumed at
	attached attacker attackers attempts audit awst back backpressure backup backups bad baseline be because become been
	before began beginning behind being below better between billion blocked blocks bound branches broke brt bst build built
	business but by cache call can can't canaries canary cannot cap carrier caught cause caused causes causing cdt cent
	central certain cest cet chance change changed changes channel charged checklist chose circuit clients close closed
	cloud clusters cob code codespaces colleagues come coming commits committed compared completed components config
	configurable configuration confirmed connected consider console contact container continue cookies copilot copy cores
	cost could couldn't counted couple cover create created credentials cst ct current currently customers d daily dashboard
	dashboards data databases day daylight days deadline decided decision decisions decline declined decrease default
	definition degradation degraded delay delays deleted depended dependency deployed deprioritized design designed detect
	detection determine determined developers diagnosed did didn't disks disrupted disruption dns do documentation does
	dollars done double-charged down downgraded downtime draining drill drills drop dropped due duration e-mail each earlier
	eastern edt eest eet eight elevated eleven email enclosed encounter end ended enforce enforces engineer engineers ensure
	enterprise eob eod eow error errors est estimate estimated et eta eur euros evening events every everyone expect
	expected experience experienced experiencing expired exposed extremely factor fail failed failed-over failover fails
	fairly fallen far faster features few fewer fifteen find finding finished first five fix fixed following for forgot
	forgotten forty forty-eight forty-five found four fraction from full fully further gateway gbp get given gmt going gone
	good google's got gotten grafana grown growth gst guard guards h had hadn't half half-hourly hand handful has have he
	helps here hereto herewith higher hkt hope hopes hoping hosted hosting hour hourly hours how hr hrs http hundred i'm
	i've idempotent identified identify if ignored impact impacted improve improved improvement in in-case inadvertently
	incident include included includes including inconvenience incorrectly increase index informed inside instances
	integration integrations interface interruption intervals introduce introduced investigate investigated investigating
	involved is isn't isp issue issues ist it itself jargon jst k kst lacked last lasted lasting late later law leaked least
	led left less let like likely limit limited limiting limits lines list listed located lock log logging logs long longer
	looking loss lost lower lunchtime m made mail make makes making malformed many marketing max maximum may mdt means meant
	measured members mentioned merchants merged message messages metric metrics midday midnight might migrate migrated
	million min minimum mins minute minutes misclassified misconfigured misjudged missed missing-since missing-whom mistake
	mistakenly mistakes mon monitor monitoring monitors month more morning most mountain moved msk mst mt much multiple must
	name namely nd nearly necessary need needed needs neglected neither network networking never new next night nine ninety
	no nodes noon nor not notice noticed notified now number numerous nzdt nzst o'clock of off often on on-call one only
	open operations operators opposed or other our out outage over overlooked own owned p.m pacific packages page pages
	partner pdt people per percent percentage performed phone pictured place plan planned planning play playbook please
	plugin pm point points policy portion possible post post-incident post-mortem postmortem potential pounds pp pretty
	prevent prevents prioritised prioritized probe probes problems procedure procedures process processing processor product
	products prometheus promised provider providers pst pt publish published pushed put q1 q2 q3 q4 qa quarter quite rate
	rate-limit rates rather rca rd reached readers rebooted rebuilding receive record records recovered recovering reduction
	redundancy refused refuses region regions registrar rehearse related relative release released releases relied replaying
	replicas report reported reporting reports reprocessing requested requests require required requires resilient resolved
	responders response responses restarted restoring resulted retries retrospective retry reverted review reviewed reviewer
	reviews rise risen roll rolled rotated rotation roughly route run runbook runbooks s safeguard safeguards said same sast
	sat scale scheduled scripts sec second secs security see seemed sent servers service services set seven seventy-two
	several sgt she shift shifted shipped should shouldn't showed shown shows sign-off since six sixty slower so so-that
	some source sre sres st staff stage standard start started starting status steps still stop stopped storage stored
	subscribers subset such suffered sun supplier survey switch switched take takes taking target targeting team teams ten
	tenants tend test tests th than that the themselves then there they they're thirty this thousand threads three through
	till time timeout timeouts times to today told tomorrow tonight too took top totaling totalling tracked traffic training
	tried triggered try trying tuned turned twelve twenty twenty-four twice two unable unavailability under underestimated
	understand unknown unless unnoticed untested until up update updated updates us/eastern us/pacific usd use used user
	users utc vague validation various vendor versions versus very virtue visible visitors vs waited want wanted was way we
	we're we've wed week weekend went were west wet what when where whether which while who why will with within without won
	worked workers working workspace would write written wrong wrongly wrongly-sent wrote year you z zulu ~ £ ¥ – — ‘ “ €`
