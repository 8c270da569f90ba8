"""Names, units and magnitudes of the charts that `stories` makes up, and the colours they are drawn in."""

from collections.abc import Sequence

COUNTRIES = (
    "Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "Denmark", "Estonia", "Finland", "France", "Germany",
    "Greece", "India", "Italy", "Japan", "Kenya", "Mexico", "Norway", "Peru", "Poland", "Portugal", "Spain", "Sweden",
    "Switzerland", "Thailand", "Turkey", "United Kingdom", "United States", "Viet Nam",
)  # fmt: skip
SECTORS = (
    "Agriculture, forestry and fishing", "Manufacturing", "Construction", "Wholesale and retail trade", "Transportation",
    "Accommodation and food", "Information and communication", "Finance and insurance", "Real estate", "Education",
    "Health and social work", "Arts and entertainment", "Public administration", "Mining and quarrying",
)  # fmt: skip
REASONS = (
    "Too expensive", "Not enough time", "Did not know about it", "Poor opening hours", "Too far away", "Prefer to go online",
    "Safety concerns", "Language barrier", "No childcare", "Other reasons",
)  # fmt: skip
AGES = ("16–24", "25–34", "35–44", "45–54", "55–64", "65–74", "75+")
QUARTERS = tuple(f"Q{q} {y}" for y in (2021, 2022, 2023) for q in (1, 2, 3, 4))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PRODUCTS = (
    "Laptops",
    "Tablets",
    "Phones",
    "Wearables",
    "Printers",
    "Monitors",
    "Storage",
    "Services",
    "Cloud",
    "Networking",
)

# title, quantity, unit, least, most, decimals, way of writing ticks, pool of categories
AMOUNTS: tuple[tuple[str, str, str, float, float, int, str, Sequence[str]], ...] = (
    ("GDP per head, 2023", "GDP per head", "US$", 9000, 96000, 0, "thousands", COUNTRIES),
    ("Adults who smoke daily", "Share of adults", "%", 8, 34, 1, "percent", COUNTRIES),
    ("Road deaths", "Deaths per 100 000", "", 2, 18, 1, "plain", COUNTRIES),
    ("Emissions by sector, 2022", "Emissions", "Mt CO2e", 12, 190, 1, "plain", SECTORS),
    ("Persons employed", "Employees", "thousand", 140, 4200, 0, "thousands", SECTORS),
    ("Why people stay away from libraries", "Respondents", "%", 4, 62, 0, "percent", REASONS),
    ("Screen time per day by age", "Hours per day", "", 1.1, 6.8, 1, "plain", AGES),
    ("Cases by age group", "Cases", "", 3200, 98000, 0, "thousands", AGES),
    ("Net revenue by product line", "Revenue", "EUR million", 14, 640, 0, "plain", PRODUCTS),
    ("Units shipped", "Units", "", 120000, 4800000, 0, "millions", PRODUCTS),
    ("Operating costs", "Costs", "$ thousand", 180, 2600, 0, "dollar", QUARTERS),
    ("New customers", "Customers", "", 420, 8800, 0, "thousands", QUARTERS),
    ("Average monthly rainfall", "Rainfall", "mm", 6, 185, 1, "plain", MONTHS),
    ("Research spending", "Share of GDP", "%", 0.3, 5.4, 2, "plain", COUNTRIES),
)
CHANGES = (
    ("Change in employment on a year before", "Change", "%", 7.5, 1, "percent", SECTORS),
    ("Current account balance", "Balance", "% of GDP", 9.0, 1, "plain", COUNTRIES),
    ("Quarterly profit", "Profit", "EUR million", 240.0, 0, "plain", QUARTERS),
    ("Net migration", "Persons", "", 84000.0, 0, "thousands", COUNTRIES),
)
# title, quantity, unit, least, most, decimals, way of writing ticks
COURSES = (
    ("Unemployment rate", "Unemployed", "%", 2.5, 14, 1, "percent"), ("Consumer prices", "Index, 2015 = 100", "", 82, 131, 1, "plain"),
    ("Atmospheric carbon dioxide", "CO2", "ppm", 330, 424, 1, "plain"), ("Mobile subscriptions", "Subscriptions", "", 900000, 7400000, 0, "millions"),
    ("Brent crude oil", "Price", "US$ per barrel", 28, 126, 2, "dollar"), ("House prices", "Average price", "£", 84000, 412000, 0, "thousands"),
    ("Life expectancy at birth", "Years", "", 64, 84, 1, "plain"), ("Visits to the site", "Visits", "", 2100, 48000, 0, "thousands"),
    ("Exchange rate", "US dollars per euro", "", 0.92, 1.48, 3, "plain"), ("Renewable electricity", "Share of output", "%", 4, 71, 1, "percent"),
    ("Patients waiting", "Patients", "thousand", 1800, 7400, 0, "thousands"), ("Validation loss", "Loss", "", 0.12, 1.9, 3, "plain"),
)  # fmt: skip
GROUPS = (
    ("Women", "Men"), ("2019", "2023"), ("Plan", "Actual"), ("Before", "After"), ("Urban", "Rural"),
    ("2010", "2015", "2020"), ("Bronze", "Silver", "Gold"), ("North", "Centre", "South"), ("Low income", "Middle income", "High income"),
    ("Rail", "Road", "Water", "Air"), ("Strongly agree", "Agree", "Disagree", "Strongly disagree"), ("Coal", "Gas", "Nuclear", "Wind and solar"),
)  # fmt: skip
CLOUDS = (
    ("Height and weight of recruits", "Height (cm)", "Weight (kg)", (155, 198), (48, 110), 1),
    ("Engine size and consumption", "Displacement (litres)", "Litres per 100 km", (0.9, 6.2), (4, 21), 2),
    ("Income and life satisfaction", "Household income (US$)", "Satisfaction (0–10)", (12000, 88000), (3.2, 8.4), 1),
    ("Old Faithful eruptions", "Eruption (min)", "Waiting time (min)", (1.6, 5.1), (43, 96), 2),
    ("Soil samples", "pH", "Organic carbon (g/kg)", (4.2, 8.4), (3, 61), 1),
)
PALETTES = (
    ("#4472c4", "#ed7d31", "#a5a5a5", "#ffc000"), ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"), ("#003f5c", "#7a5195", "#ef5675", "#ffa600"),
    ("#e3120b", "#006ba2", "#3ebcd2", "#379a8b"), ("#326891", "#e15759", "#59a14f", "#b07aa1"), ("#0b486b", "#3b8686", "#79bd9a", "#cff09e"),
)  # fmt: skip
MORE_COLOURS = ("#8c564b", "#17becf", "#bcbd22", "#7f7f7f", "#9467bd", "#e377c2")
