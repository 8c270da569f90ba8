"""Words for drawn charts: names of places, firms and people, measures, categories, titles and running text.

Comes in: a ``random.Random``. Goes out: strings. Knows nothing of charts or pictures.

``words.txt`` holds 8967 words of SCOWL (Kevin Atkinson; Debian's wamerican-small 2020.12.07), free to use and
distribute with its notice, see README.md. The lists below were written for this project.
"""

from functools import lru_cache
from pathlib import Path
from random import Random

INVENTED, USUAL = 0.3, 0.4
"""Shares of words that are none, and that charts often show."""
COUNTRIES = tuple(
    "Afghanistan|Albania|Algeria|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahrain|Bangladesh|Belarus|Belgium|"
    "Benin|Bolivia|Bosnia and Herzegovina|Botswana|Brazil|Bulgaria|Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Chad|Chile|"
    "China|Colombia|Congo|Costa Rica|Croatia|Cuba|Cyprus|Czechia|Denmark|Dominican Republic|Ecuador|Egypt|El Salvador|"
    "Estonia|Ethiopia|Fiji|Finland|France|Gabon|Georgia|Germany|Ghana|Greece|Guatemala|Guinea|Haiti|Honduras|Hong Kong|"
    "Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Ivory Coast|Jamaica|Japan|Jordan|Kazakhstan|Kenya|"
    "Kuwait|Laos|Latvia|Lebanon|Liberia|Libya|Lithuania|Luxembourg|Madagascar|Malawi|Malaysia|Mali|Malta|Mauritius|Mexico|"
    "Moldova|Mongolia|Morocco|Mozambique|Myanmar|Namibia|Nepal|Netherlands|New Zealand|Nicaragua|Niger|Nigeria|North Korea|"
    "Norway|Oman|Pakistan|Panama|Paraguay|Peru|Philippines|Poland|Portugal|Qatar|Romania|Russia|Rwanda|Saudi Arabia|"
    "Senegal|Serbia|Sierra Leone|Singapore|Slovakia|Slovenia|Somalia|South Africa|South Korea|Spain|Sri Lanka|Sudan|"
    "Sweden|Switzerland|Syria|Taiwan|Tanzania|Thailand|Togo|Tunisia|Turkey|Uganda|Ukraine|United Arab Emirates|"
    "United Kingdom|United States|Uruguay|Uzbekistan|Venezuela|Vietnam|Yemen|Zambia|Zimbabwe|UK|U.S.|USA|EU|OECD".split(
        "|"
    )
)
REGIONS = tuple(
    "World|Europe|Africa|Asia|North America|Latin America|Middle East|Oceania|Sub-Saharan Africa|East Asia|South Asia|"
    "European Union|Eastern Europe|Caribbean|Asia Pacific|Rest of world|Northeast|Midwest|South|West|North|East|Urban|Rural|"
    "Suburban|California|Texas|Florida|New York|Ohio|Illinois|Georgia|Virginia|Bavaria|Scotland|Wales|Ontario|Quebec|"
    "London|Paris|Berlin|Tokyo|Madrid|Rome|Chicago|Boston|Houston|Sydney|Toronto|Mumbai|Shanghai|Cairo|Lagos|Lima".split(
        "|"
    )
)
GROUPS = tuple(
    tuple(line.split("|"))
    for line in (
        "18-29|30-49|50-64|65+",
        "18-24|25-34|35-44|45-54|55-64|65 and older",
        "0-14 years|15-64 years|65 years and older",
        "Under 18|18 to 34|35 to 54|55 and over",
        "Men|Women|Total",
        "Male|Female",
        "Boys|Girls",
        "White|Black|Hispanic|Asian|Other",
        "High school or less|Some college|College graduate|Postgraduate",
        "Less than $30K|$30K-$49,999|$50K-$74,999|$75K+",
        "Low income|Lower middle income|Upper middle income|High income",
        "Very favorable|Somewhat favorable|Somewhat unfavorable|Very unfavorable|Never heard of|No opinion",
        "Strongly agree|Agree|Neutral|Disagree|Strongly disagree|Don't know",
        "Very good|Fairly good|Fairly bad|Very bad",
        "A lot|Some|Not much|None at all|No answer",
        "Yes|No|Don't know",
        "Agree|Disagree|Unsure",
        "Approve|Disapprove|No answer",
        "Satisfied|Dissatisfied",
        "Favor|Oppose|Don't know",
        "Daily|Weekly|Monthly|Less often|Never",
        "Increase|Stay the same|Decrease",
        "Import|Export|Balance",
        "Revenue|Cost|Profit",
        "Assets|Liabilities|Equity",
        "Public|Private|Non-profit",
        "Online|In store|By phone|Other",
        "Mobile|Desktop|Tablet",
        "Cars|Trucks|Buses|Motorcycles|Bicycles",
        "Rail|Road|Air|Sea|Pipeline",
        "Coal|Oil|Gas|Nuclear|Hydro|Wind|Solar|Biomass",
        "Agriculture|Industry|Services|Construction|Mining",
        "Wheat|Maize|Rice|Barley|Soybeans|Potatoes|Sugar",
        "Apples|Bananas|Cherries|Grapes|Lemons|Oranges|Pears|Plums",
        "Gold|Silver|Copper|Zinc|Nickel|Steel|Aluminium",
        "Control|Placebo|Low dose|High dose",
        "Baseline|Week 4|Week 8|Week 12",
        "Train|Validation|Test",
        "Ours|Baseline|CNN|LSTM|BERT|ResNet-50|SVM|k-NN",
        "Q1|Q2|Q3|Q4",
        "A|B|C|D|E|F|G|H|I|J",
        "x|y|z",
        "sun|fog|drizzle|rain|snow",
        "null|true|false",
        "Democrat|Republican|Independent",
        "Dem/Lean Dem|Rep/Lean Rep",
        "Smartphones|Laptops|Tablets|Wearables|Consoles",
        "Email|Search|Social media|Display ads|Referral",
        "Marketing|Research|Sales|Support|Operations|Finance|Legal",
        "Nurses|Doctors|Teachers|Engineers|Lawyers|Farmers|Drivers",
        "Cancer|Stroke|Diabetes|Asthma|Injury|Infection",
        "Dogs|Cats|Birds|Fish|Horses|Rabbits",
        "Food|Housing|Transport|Health|Education|Leisure|Clothing",
    )
)
STRANGERS = 0.3
"""Share of lists of names that others are put among."""
MEASURES = tuple(
    "Revenue|Sales|Net income|Profit|Exports|Imports|Production|Consumption|Output|Demand|Population|Employment|"
    "Unemployment rate|Inflation rate|Life expectancy|GDP|GDP per capita|Median income|Average price|Share price|Market share|"
    "Expenditure|Spending|Budget|Investment|Debt|Turnover|Number of users|Number of visitors|Number of employees|"
    "Number of students|Number of deaths|Number of cases|Number of stores|Share of respondents|Share of adults|"
    "Share of population|Share of total|Percentage of cases|Emissions|CO2 emissions|Energy use|Electricity generation|"
    "Temperature|Rainfall|Precipitation|Concentration|Intensity|Response time|Latency|Throughput|Accuracy|Error rate|Score|"
    "Index value|Rating|Frequency|Count|Count of Records|Weight|Height|Distance|Speed|Growth rate|Change|Volume|Area|Yield|"
    "Mortality rate|Birth rate|Crime rate|Turnout|Support|Enrollment|Attendance|Downloads|Page views|Subscribers|Followers|"
    "Passengers|Registrations|Deliveries|Shipments|Orders|Hours worked|Minutes per day|Age|Wage|Rent|Tax revenue|Loans|"
    "value|b|y|Average of b|Sum of weight|Mean of precipitation|Max of temperature|Relative abundance|Expression level".split(
        "|"
    )
)
COMMON = tuple(
    "about above access account across active activity added adult adults advertising after age aged agency agree "
    "ahead aid air airline airport alcohol all alone also among amount annual annually answer app apps area army art "
    "article asked assets attack attitude audience available average aware bachelor back bad balance ban bank banking "
    "based basic bed beds beef beer before behind being believe below benefits best better between big billion birth "
    "blood board body book books border born both box brand brands bread budget build building bus business buy "
    "buyers cable called calls campaign cancer capacity capita capital car carbon card care career cars case cases "
    "cash cause cell census center central century chain challenge change channel charge cheap cheese chemical child "
    "children choice church cinema cities citizens city civil claims class clean climate close clothing club coal "
    "coffee college combined commerce commercial common community companies company compared computer concern "
    "conditions confidence congress constant construction consumer consumers consumption content contract control "
    "corn corporate cost costs could countries country county coverage credit crime crisis crop crude cultural "
    "currency current customer customers cut daily dairy data date day days death deaths debt decade decline decrease "
    "defense deficit degree delivery demand democracy density department deposits desktop development device devices "
    "died diesel diet difference different difficult digital direct director disease distance distribution doctor "
    "doctors dollar dollars domestic done down drink drive driver drop drugs due during early earnings earth east "
    "easy economic economy education effect egg elderly elections electric electricity emissions employed employee "
    "employees employment energy enough enterprise entertainment entire environment equal equipment equity error "
    "estate estimated estimates ethnic euro euros even event events ever every exchange exercise expect expected "
    "expenditure expenditures expense expenses experience export exports facilities factor factory failure faith fall "
    "families family far farm farms fashion fast fatalities favor fear federal feel fees female fewer field figures "
    "film films final finance financial find fire firm firms first fiscal fish fixed flights floor flow food football "
    "force forecast foreign forest form former found four free freight fresh from fruit fuel full fund funding funds "
    "furniture future gain gains game games gaming gap gas gasoline gender general generation girls give global goals "
    "gold goods government grade graduates grant great greater green gross group groups growing growth guests gun "
    "half hand hard have head health healthcare hear heat heavy height help high higher highest history hold holiday "
    "home homes hospital hospitals hotel hotels hour hours house household households housing human hunger identity "
    "illegal image immigrants immigration impact import importance important imports improve incidents income "
    "increase increased independent index individual individuals industrial industry inflation influence information "
    "infrastructure injuries inside institutions insurance interest international internet investment investments "
    "issue issues items job jobs journal judge juice just keep kids kind know known labor lack land language large "
    "largest last late law lead leaders leading league learning least leave left legal leisure less level levels "
    "license life light like likely limited line link list literacy little live living loans local long lost lot low "
    "lower luxury machine made magazine magazines mail main major majority make male manufacturing many margin marine "
    "market marketing markets marriage married mass material matter may mean means meat media median medical meet "
    "member members men mental merchandise method metric mid middle migration military milk million mining minister "
    "minutes mobile model modern money month monthly months moral more mortality most mother motor movement movie "
    "movies much municipal music must name nation national native natural near need negative net network networks "
    "never new news newspaper newspapers next night non normal north note nuclear number numbers obese off offer "
    "office officers official often oil older one online only open operating operations opinion opportunity "
    "optimistic order organic organization origin other out output outside over overall overseas own owned owners "
    "ownership page paid paper parents part participation parties partners party passenger passengers past patients "
    "pay payment payments peak pension people per percent percentage performance period permits person personal "
    "persons petrol phone phones physical place plan plans plant plants plastic platform platforms play players point "
    "police policy political poor popular population position positive possible postal potential poverty power "
    "premium present president press price prices primary print prison private problem problems process produced "
    "product production products professional profit program programs project projected projects property proportion "
    "protection provide public published purchase purchased quality quarter question race radio rail railway rain "
    "range rank rapid rate rates rating ratio reach read readers ready real reason reasons receive received recent "
    "recorded recovery reduction refugees region regional registered regular related relationship religion religious "
    "remain remittances renewable rent report reported reports republic required research reserves residential "
    "residents resources respondents response restaurant restaurants result results retail return revenue revenues "
    "rice right rise risk road roads role rooms rule rural safe safety salaries salary sales same satisfaction "
    "satisfied save savings say schedule school schools science scientists sea search season second secondary sector "
    "security see seen segment self sell senate senior serious service services set several sex sexual shaping share "
    "shares ship shipments shopping shops short should show significant since single site sites situation size skills "
    "sleep small smart smartphone smokers smoking social society software solar sold some source sources south space "
    "special species specific speed spend spending spent sports staff stage standard start state states station "
    "stations statistics status stay steel still stock store stores story strategy stream streaming street strong "
    "structure student students study subject subscribers subscriptions success sugar suicide supply support surface "
    "surplus survey sustainable system systems tablet take target tariff tax taxes teachers team technology teenagers "
    "telephone television temperature term terrorism test theft then there third thousand threat three ticket time "
    "times title tobacco today together ton tons tool top total tour tourism tourist tourists toward town trade "
    "trading traditional traffic training transactions transport transportation travel treatment trend trips truck "
    "trucks trust turnover twice two type types under undergraduate unemployed unemployment union unit units "
    "university up upper urban usage use used users using usually vaccine value values vehicle vehicles very victims "
    "video view viewers views violence visit visitors visits volume voted voters votes wages wait want war waste "
    "watch water way weapons web website websites week weekly weeks weight well were west wheat white whole wholesale "
    "why wide wind window wine winter with within without women wood work worker workers working world worldwide "
    "worried worse would year yearly years yes yield young youth zone".split()
)
"""Words that charts often show."""
UNITS = tuple(
    "million U.S. dollars|billion U.S. dollars|million euros|billion euros|thousands|millions|thousand metric tons|"
    "million metric tons|kilograms|percent|years|days|hours|minutes|ms|km|km/h|kWh|TWh|GW|MW|mm|cm|index points|"
    "million units|thousand units|per 1,000 people|per 100,000|USD|EUR|GBP|% of GDP|in millions|U.S. dollars".split("|")
)
MONTHS = tuple("January February March April May June July August September October November December".split())
DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_OPENINGS = tuple(
    "Share of|Number of|Percentage of|Percent of|% of|Average|Total|Median|Annual|Monthly|Change in|Cost of|Rate of|Net|"
    "Mean of|Sum of|Count of|Max of".split("|")
)
_FIRST = tuple(
    "Anna Ben Clara David Elena Frank Grace Hugo Irene Jonas Karen Liam Maria Nils Olga Peter Rosa Sven Tara Victor".split()
)
_LAST = tuple(
    "Smith Garcia Muller Rossi Tanaka Novak Silva Brown Jensen Kowalski Okafor Haddad Ivanov Chen Patel Lopez Dubois".split()
)
_FIRM = tuple(
    "Inc.|Ltd|Group|Corp.|AG|& Co.|Holdings|Systems|Energy|Foods|Media|Bank|Motors|Labs|Airlines|.com".split("|")
)
_COUNTED = tuple(
    "number of {thing}|share of {thing}|share of {thing} in {of}|{thing} {measure}|{measure} of {thing}|{measure} per {thing}|"
    "average {thing} per {of}|{thing} index|{thing} rate|{thing} compared to previous {of}|{of} {measure} of {thing} {of}|"
    "percentage of {thing} who {of} {of}|total {thing} {of}|number of {thing} per {of}|{thing} as share of {of}|{thing}|"
    "change in {thing} {measure}|price per {thing}|{thing} (current prices)|{thing} growth|average daily {thing}".split(
        "|"
    )
)
_JOINTS = tuple("by|per|and|in|of|for|from|among|with|since|versus|the|to|on|at|as|or".split("|"))
_TAILS = (
    "from {a} to {b}", "in {a}", "since {a}", "{a}-{b}", "as of {month} {a}", "by country, {a}", "by age group", "worldwide {a}",
    "in the United States from {a} to {b}", "by region", "by type", "({a})", "in selected countries in {a}", "over time",
)  # fmt: skip


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """The words of words.txt, lower case."""
    return tuple(Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _followers() -> dict[str, str]:
    """The letters that follow two letters in the words, as often as they do; a space begins and ends a word."""
    found: dict[str, list[str]] = {}
    for known in common_words():
        whole = f"  {known} "
        for i in range(len(known) + 1):
            found.setdefault(whole[i : i + 2], []).append(whole[i + 2])
    return {pair: "".join(letters) for pair, letters in found.items()}


def invented(r: Random) -> str:
    """A word that is none but could be: it can only be read letter by letter."""
    followers, out = _followers(), "  "
    while len(out) < 14 and (len(out) == 2 or out[-1] != " "):
        out += r.choice(followers[out[-2:]])
    return out.strip()


def word(r: Random) -> str:
    """One lower-case word; a third of them are invented, so that none is guessed."""
    x = r.random()
    return invented(r) if x < INVENTED else r.choice(COMMON if x < INVENTED + USUAL else common_words())


def phrase(r: Random, low: int, high: int) -> str:
    """A few words, the first with a capital, some with small words between."""
    words = [word(r) for _ in range(r.randint(low, high))]
    if len(words) > 2 and r.random() < 0.5:
        words[r.randrange(1, len(words) - 1)] = r.choice(_JOINTS)
    text = " ".join(words)
    return text.title() if r.random() < 0.2 else text[0].upper() + text[1:]


def firm(r: Random) -> str:
    """A name like a company's."""
    name = word(r).capitalize()
    if r.random() < 0.3:
        name += r.choice((" ", "-", "")) + word(r).capitalize()
    return name + (" " if r.random() < 0.85 else "") + r.choice(_FIRM) if r.random() < 0.6 else name


def person(r: Random) -> str:
    """A first and a last name."""
    return f"{r.choice(_FIRST)} {r.choice(_LAST)}"


def code(r: Random) -> str:
    """A short code of letters and digits."""
    letters = "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(r.randint(1, 3)))
    return letters + r.choice(("", "-", " ", ".")) + str(r.randint(1, 999)) if r.random() < 0.7 else letters


def sentence(r: Random, low: int = 6, high: int = 18) -> str:
    """A sentence of random words with small words, commas and numbers between."""
    out = [word(r)]
    for _ in range(r.randint(low, high) - 1):
        x = r.random()
        if x < 0.38:
            out.append(r.choice(_JOINTS))
        elif x < 0.43:
            out.append(str(r.choice((r.randint(2, 99), r.randint(1950, 2030)))))
        else:
            out.append(word(r) + ("," if r.random() < 0.08 else ""))
    text = " ".join(out)
    return text[0].upper() + text[1:] + r.choice((".", ".", ".", "?"))


def measure(r: Random) -> str:
    """What an axis counts, often with a unit."""
    x = r.random()
    if x < 0.3:
        name = r.choice(MEASURES)
    elif x < 0.5:
        name = _counted(r)
    elif x < 0.7:
        name = f"{r.choice(_OPENINGS)} {phrase(r, 1, 5).lower()}"
    else:
        name = phrase(r, 1, 4)
    x = r.random()
    if x < 0.25:
        return f"{name} in {r.choice(UNITS).removeprefix('in ')}"
    if x < 0.45:
        return f"{name} ({r.choice(UNITS)})"
    return f"{name} (%)" if x < 0.5 else name


def _counted(r: Random) -> str:
    """What a statistics office would count."""
    one, two, three = (r.choice(COMMON) for _ in range(3))
    thing = f"{one} {two}" if r.random() < 0.5 else one
    text = r.choice(_COUNTED).format(thing=thing, of=three, measure=r.choice(MEASURES).lower())
    text += r.choice(("", "", "", "*", f" (in {r.choice(('%', 'millions', 'thousands', 'billions', '1,000s'))})"))
    return text[0].upper() + text[1:]


def title(r: Random, about: str) -> str:
    """A heading for a chart about a measure."""
    x = r.random()
    if x < 0.25:
        return phrase(r, 2, 6)
    if x < 0.35:
        return sentence(r, 5, 10).rstrip(".")
    first = r.randint(1960, 2015)
    place = f" in {r.choice(COUNTRIES)}" if r.random() < 0.4 else ""
    tail = (
        r.choice(_TAILS).format(a=first, b=first + r.randint(2, 15), month=r.choice(MONTHS)) if r.random() < 0.6 else ""
    )
    return f"{about}{place} {tail}".strip()


def source(r: Random) -> str:
    """A line under a chart: a source, a note or a right."""
    x = r.random()
    if x < 0.5:
        return f"{r.choice(('Source: ', 'Sources: ', 'Source - ', 'Data: '))}{firm(r)}, {r.randint(1995, 2026)}"
    if x < 0.7:
        return f"Note: {sentence(r, 6, 14)}"
    return r.choice(
        (f"\u00a9 {firm(r)} {r.randint(2005, 2026)}", f"{word(r)}.org/{word(r)} \u2022 CC BY", firm(r).upper())
    )


def item(r: Random) -> str:
    """One category of no order."""
    x = r.random()
    if x < 0.3:
        return phrase(r, 1, 1)
    if x < 0.5:
        return phrase(r, 2, 3)
    if x < 0.6:
        return firm(r)
    if x < 0.68:
        return person(r)
    if x < 0.78:
        return code(r)
    if x < 0.86:
        return f"{phrase(r, 1, 2)} ({r.choice((word(r), r.choice(COUNTRIES), str(r.randint(1980, 2025))))})"
    return word(r) if x < 0.93 else phrase(r, 3, 6)


def distinct(r: Random, count: int, draw: object) -> list[str]:
    """Different strings from a sequence, or from a function of ``r``."""
    if isinstance(draw, tuple):
        return r.sample(draw, count)
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw(r)] = None  # type: ignore[operator]
    return list(found)


def categories(r: Random, count: int, longest: int) -> list[str]:
    """Names for the bars of a chart, none longer than ``longest`` characters where that can be had."""
    x = r.random()
    groups = [group for group in GROUPS if len(group) >= count and max(map(len, group)) <= longest]
    if x < 0.3 and count <= len(COUNTRIES):
        names = distinct(r, count, COUNTRIES)
    elif x < 0.42 and count <= len(REGIONS):
        names = distinct(r, count, REGIONS)
    elif x < 0.62 and groups:
        group = r.choice(groups)
        names = list(group[:count]) if r.random() < 0.7 else r.sample(group, count)
    elif x < 0.69:
        width, start = r.choice((1, 5, 10, 20, 50, 100)), r.choice((0, 0, 0, 1, 5, 10))
        last = r.choice(("", "", "-{}"))
        names = [f"{(i + start) * width}{last.format((i + start + 1) * width - 1)}" for i in range(count)]
        if r.random() < 0.3:
            names[-1] = f"{(count - 1 + start) * width}{r.choice(('+', ' or more', '+'))}"
    else:
        names = distinct(r, count, item)
    if r.random() < STRANGERS:
        names = _with_strangers(r, names)
    if max(map(len, names)) > longest:
        names = distinct(r, count, lambda s: phrase(s, 1, 1)[:longest])
    return names


def _with_strangers(r: Random, names: list[str]) -> list[str]:
    """The names with some replaced by others: a list that is known does not tell what is written."""
    known = dict.fromkeys(names)
    for i in r.sample(range(len(names)), r.randint(1, -(-len(names) // 2))):
        other = item(r)
        if other not in known:
            names[i] = other
            known[other] = None
    return names


def series_names(r: Random, count: int) -> list[str]:
    """Names for a legend."""
    names = _series_names(r, count)
    return _with_strangers(r, names) if r.random() < STRANGERS else names


def _series_names(r: Random, count: int) -> list[str]:
    x = r.random()
    groups = [group for group in GROUPS if len(group) >= count]
    if x < 0.45 and groups:
        return list(r.choice(groups)[:count])
    if x < 0.6:
        first, step = r.randint(1980, 2022), r.choice((1, 1, 1, 2, 5))
        return [str(first + i * step) for i in range(count)]
    if x < 0.75:
        return distinct(r, count, COUNTRIES)
    return distinct(r, count, item)
