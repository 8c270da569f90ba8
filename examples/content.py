"""What the example files say: the charts with their true numbers, and the text around them.

Places, firms and numbers are made up. make.py turns this into PDFs and pictures.
"""

from tests.drawing import PALETTES, ChartSpec, Style

OUTPUT = ChartSpec(
    kind="bar",
    title="Annual Output by Source",
    categories=("Coal", "Gas", "Oil", "Wind", "Solar", "Hydro"),
    series=("Output (GW)",),
    values=((31.5, 48.2, 12.6, 56.4, 38.7, 20.1),),
    decimals=1,
    labelled=True,
)
TRADE = ChartSpec(
    kind="line",
    title="Import and Export of Energy",
    categories=("2018", "2019", "2020", "2021", "2022", "2023", "2024"),
    series=("Import", "Export"),
    values=((62, 66, 58, 54, 47, 39, 33), (11, 14, 18, 17, 25, 31, 42)),
)
SUPPLY = ChartSpec(
    kind="stacked",
    title="Supply by Quarter",
    categories=("Q1", "Q2", "Q3", "Q4"),
    series=("Coal", "Gas", "Wind"),
    values=((340, 250, 180, 310), (420, 310, 280, 400), (390, 300, 260, 450)),
    ticks=6,
)
DEMAND = ChartSpec(
    kind="pie",
    title="Demand by Group",
    categories=("Urban", "Rural", "Export", "School", "Health"),
    series=("Percentage (%)",),
    values=((41, 23, 18, 11, 7),),
    labelled=True,
)
REPORT_STYLE = Style(palette=PALETTES[1], size=12, title_size=14)

RAINFALL = ChartSpec(
    kind="bar",
    title="Monthly Rainfall",
    categories=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"),
    series=("Rainfall (mm)",),
    values=((88, 74, 69, 52, 47, 39, 61, 70),),
    labelled=True,
)
STATIONS = ChartSpec(
    kind="grouped",
    title="Average Rainfall by Region",
    categories=("North", "South", "East", "West"),
    series=("2023", "2024"),
    values=((812, 534, 467, 930), (874, 498, 521, 1015)),
)
RIVER = ChartSpec(
    kind="line",
    title="Depth of the River",
    categories=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    series=("Depth (m)",),
    values=((1.4, 1.6, 2.3, 3.1, 2.8, 2.2, 1.9),),
    decimals=1,
    labelled=True,
)
SCAN_STYLE = Style(font="DejaVuSerif.ttf", size=13, title_size=16, boxed=True)

ORDERS = ChartSpec(
    kind="bar",
    title="Orders by Day",
    categories=("Mon", "Tue", "Wed", "Thu", "Fri"),
    series=("Orders",),
    values=((124, 98, 141, 167, 152),),
    labelled=True,
)
STOCK = ChartSpec(
    kind="barh",
    title="Stock by Metal",
    categories=("Steel", "Copper", "Gold", "Zinc"),
    series=("Weight (kg)",),
    values=((860, 415, 90, 270),),
    labelled=True,
)
FAX_STYLE = Style(palette=("black",), size=14, title_size=17, grid=None)

HARVEST = ChartSpec(
    kind="pie",
    title="Harvest by Fruit",
    categories=("Apple", "Pear", "Plum", "Cherry", "Grape"),
    series=("Percentage (%)",),
    values=((34, 22, 17, 12, 15),),
    labelled=True,
)
SCHOOLS = ChartSpec(
    kind="grouped",
    title="Visits by Site",
    categories=("City", "Lake", "Coast"),
    series=("Women", "Men", "Youth"),
    values=((210, 345, 160), (185, 300, 140), (95, 260, 75)),
    category_label="Site",
)
PRICES = ChartSpec(
    kind="line",
    title="Average Price of Copper",
    categories=("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    series=("Price (USD)",),
    values=((8420, 8310, 8790, 9560, 10120, 9650),),
    labelled=True,
)
SALES = ChartSpec(
    kind="bar",
    title="Sales by Country",
    categories=("France", "Germany", "Italy", "Spain", "Poland"),
    series=("Sales (k)",),
    values=((415, 560, 298, 342, 187),),
)
VISITS = ChartSpec(
    kind="barh",
    title="Visits per Day",
    categories=("China", "India", "Japan", "Korea", "Brazil", "Mexico"),
    series=("Visits (k)",),
    values=((96.4, 71.2, 58.9, 33.5, 45.0, 27.8),),
    decimals=1,
    labelled=True,
)
COSTS = ChartSpec(
    kind="stacked",
    title="Annual Cost by Site",
    categories=("Lake", "River", "Coast", "City"),
    series=("Staff", "Energy", "Water"),
    values=((52, 47, 61, 88), (31, 26, 38, 45), (12, 17, 14, 21)),
    labelled=True,
)
BUDGET = ChartSpec(
    kind="pie",
    title="Cost by Type",
    categories=("Staff", "Energy", "Food", "Health"),
    series=("Percentage (%)",),
    values=((46.5, 21.0, 18.5, 14.0),),
    decimals=1,
    labelled=True,
)
GROWTH = ChartSpec(
    kind="line",
    title="Users by Year",
    categories=("2019", "2020", "2021", "2022", "2023", "2024"),
    series=("Free", "Paid"),
    values=((120, 210, 260, 340, 395, 430), (15, 38, 74, 110, 165, 228)),
)

REPORT_NAME = "Energy in the Valley"
REPORT_OPENING = """
This report describes how the five districts of the valley made, bought and used energy in 2024. It is written for
the council and for anyone who pays a bill. All figures come from the meters of the network operator and were
checked against the accounts of the suppliers; where the two differ, the meters are followed.

Wind became the largest single source for the first time. The two oldest coal units ran only in the first and the
last quarter, and the oil station on the coast was kept as a reserve for cold nights.
"""
REPORT_TRADE = """
Seven years ago the valley bought most of its energy from its neighbours. Since then imports have fallen in all
years but one, and since 2022 the new line to the coast has let surplus wind be sold. In 2024 exports were larger
than imports for the first time since records began.
"""
REPORT_SUPPLY = """
Supply follows the seasons. The third quarter, warm and calm, needs little heating and yields little wind; the gas
units then carry the evenings.
"""
REPORT_TABLE = (
    ("District", "Homes", "Meters", "Average use", "Change"),
    ("Upper Lake", "4 120", "4 305", "3.1 MWh", "-2 %"),
    ("Lower Lake", "6 870", "7 011", "2.9 MWh", "-4 %"),
    ("Old Town", "11 240", "12 650", "2.2 MWh", "-1 %"),
    ("Harbour", "8 015", "9 430", "2.6 MWh", "+3 %"),
    ("Hill Farms", "1 390", "1 402", "4.8 MWh", "-6 %"),
)
REPORT_DISTRICTS = """
The districts differ more by the age of their houses than by income. Old Town has small flats with shared walls; the
farms on the hill heat large, old buildings and dry their grain with electricity in autumn.
"""
REPORT_HARBOUR = """
The harbour is the only district where use rose. Two cold stores were connected in May, and ships at the quay now
take power from the shore instead of running their own engines.
"""
REPORT_METHOD = """
Meters report every quarter of an hour. A reading that is missing is filled with the mean of the same hour on the
four weekdays before; this concerned 0.3 percent of all readings in 2024. Readings that stood still for more than a
day were treated as missing.

Losses on the way from the station to the house are estimated from the difference between what was fed in and what
was counted. They were 4.1 percent, as in the year before, and are not part of the figures by district.

Heat from the waste plant is counted as energy used but not as energy made, since the plant would burn the waste
anyway. Solar panels on roofs are counted when their surplus reaches the network; what a house uses itself is not
seen by any meter and is missing here.

The forecast of the previous report was compared with what happened. It was 3 percent too high for the year, and 11
percent too high for August, when the paper mill closed for repairs that had not been announced.

Prices in this report are without tax. Where they are compared over years, they were adjusted with the consumer
price index of December. The council's own buildings pay the same price as any other customer.

The next report will follow the same method. One thing will change: from January on, charging points in the street
are counted with the district in which they stand, and no longer with the harbour.
"""
REPORT_DEMAND = """
Homes and small shops in the town use two fifths of all energy. What leaves the valley is counted as demand too,
since the network has to carry it. Schools and the hospital together use less than a fifth, but they are the only
users that must never be cut off.
"""
REPORT_PROPOSALS = """
The council has asked for proposals to insulate the four oldest schools. At the prices of 2024 the work would pay
for itself in nine years, or in six if it is done together with the repair of the roofs.
"""
SURVEY_NAME = "Rainfall and River Survey"
SURVEY_OPENING = """
The survey was made with gauges at four stations, read each morning at seven. Snow was melted before it was
measured. The gauge in the west was moved by ten metres in March because a tree had grown over it.

The first eight months were wet at both ends and dry in the middle. June was the driest month, with eleven days of
rain, none of them heavy.
"""
SURVEY_STATIONS = """
All stations but the southern one had more rain than in the year before. The west, open to the sea, again had about
twice the rain of the east.
"""
SURVEY_RIVER = """
The river was gauged at the old bridge in the week of the flood. It rose from Tuesday night on, stood highest on
Thursday and left the meadows on Saturday. No house was reached by the water.
"""
SURVEY_METHOD_NAME = "How it was read"
SURVEY_METHOD = """
Two readers shared the work, and each checked the book of the other at the end of the month. Seven entries were
corrected in this way. Where an entry could not be read, the day was left out and the sum was marked.

The gauges hold forty millimetres. On two days they had run over before they were read; the true amount was then
taken from the recording gauge at the school, which stands lower and is known to show a little less.

The books are kept in the town hall and may be seen on any working day.
"""
FAX_NOTE = """
Please find below the figures you asked for on the telephone. The full list follows by post.
"""
