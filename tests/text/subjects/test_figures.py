"""Figures of speech, names and quoted newspapers, one line each: the subject whose words are borrowed is never a sure one."""

from __future__ import annotations

import pytest

from streams.text.subjects.tag import URI_PREFIX, tag_subjects

SURE = 50
CODES = {
    "arts": "01000000", "crime": "02000000", "disaster": "03000000", "environment": "06000000", "health": "07000000",
    "lifestyle": "10000000", "politics": "11000000", "sport": "15000000", "war": "16000000", "weather": "17000000",
}  # fmt: skip

# Language, headline, and what it is not about.
BORROWED = """
en|Labour sprints ahead on final lap of leadership race as rivals stumble at last hurdle|sport
en|Budget talks go into extra time after coalition partners score own goals|sport
en|Finance minister fumbles as opposition tackles him over pension reform|sport
en|Knockout blow for governor as challenger wins round two of televised debate|sport
en|Supermarkets battle for shoppers in bruising price war|war
en|Streaming giants fire opening shots in fight for viewers|war
en|United bombard rivals with late attacks to win siege at Anfield|war
en|Defender's rocket sinks visitors as home side hold the trenches|war
en|Sluggish economy shows symptoms of fever as housing market overheats|health
en|Ailing airline put on life support by creditors|health
en|Council flooded with complaints over parking charges|disaster
en|Avalanche of applications buries admissions office at university|disaster
en|Storm of criticism breaks over minister's remarks on pensions|weather
en|Icy relations between Brussels and Budapest begin to thaw|weather
en|Thriller about serial killer and corrupt detective wins top prize at festival|crime
en|Turkey for forty: how to roast the perfect Christmas bird|politics,war
en|Amazon opens warehouse and hires two thousand workers|environment
en|Apple unveils cheaper laptop for students|lifestyle,environment
en|Georgia tech start-up raises ten million dollars|war,politics
en|The mayor told the Sunday Times that the new tram line would open in May|arts
en|Senator told Fox News the tax bill would pass this week|arts
en|Chef stages revolution in hospital kitchens with fresh vegetables|politics,war
de|Kanzlerkandidat setzt zum Endspurt an und überholt Rivalen auf der Zielgeraden|sport
de|Koalition geht im Rentenstreit in die Verlängerung|sport
de|Discounter liefern sich Preisschlacht um Butter und Kaffee|war
de|Bayern stürmt Festung Dortmund und zerbombt Abwehr mit fünf Toren|war
de|Fieberkurve der Börse steigt, Anleger werden nervös|health
de|Flut von Beschwerden rollt über das Bauamt|disaster
de|Eiszeit zwischen Berlin und Warschau geht zu Ende|weather
de|Krimi über Serienmörder gewinnt Filmpreis|crime
de|Der Minister sagte dem Spiegel, die Steuerreform komme im Herbst|arts
fr|La course à l'Élysée entre dans sa dernière ligne droite|sport
fr|Le Premier ministre marque un but contre son camp dans le débat budgétaire|sport
fr|Guerre des prix entre supermarchés autour du lait|war
fr|L'économie a de la fièvre, les banques centrales cherchent le remède|health
fr|Avalanche de critiques contre la réforme des retraites|disaster,weather
fr|Un polar sur un tueur en série remporte le prix du festival|crime
fr|Le maire a déclaré au Figaro que le tramway ouvrirait en mai|arts
es|El Gobierno mete un gol a la oposición en el debate de los presupuestos|sport
es|Guerra de precios entre supermercados por el aceite|war
es|La economía tiene fiebre y el banco central busca la receta|health
es|Alud de críticas al ministro por la reforma de las pensiones|disaster
es|Película sobre un asesino en serie gana el premio del festival|crime
es|El alcalde dijo a El País que el tranvía abrirá en mayo|arts
it|Volata finale nella corsa alla segreteria del partito|sport
it|Il governo fa autogol sulla riforma delle pensioni|sport
it|Guerra dei prezzi tra supermercati sull'olio|war
it|Pioggia di critiche sul ministro per la legge di bilancio|weather
it|Film su un serial killer vince il premio al festival|crime
pt|Corrida à prefeitura entra na reta final com dois favoritos|sport
pt|Guerra de preços entre supermercados derruba o café|war
pt|Economia com febre preocupa bancos centrais|health
pt|Chuva de críticas ao ministro pela reforma tributária|weather
nl|Race om het burgemeesterschap gaat de laatste ronde in|sport
nl|Prijzenoorlog tussen supermarkten om melk en kaas|war
nl|Stortvloed van klachten over nieuwe parkeertarieven|disaster,weather
ru|Предвыборная гонка вышла на финишную прямую|sport
ru|Война цен между супермаркетами за молоко|war
ru|Шквал критики обрушился на министра из-за пенсионной реформы|weather,disaster
ru|Фильм о серийном убийце получил главный приз фестиваля|crime
pl|Wyścig do fotela prezydenta wchodzi na ostatnią prostą|sport
pl|Wojna cenowa supermarketów o masło|war
pl|Lawina skarg na nowe opłaty parkingowe|disaster
en|Treasury secretary drops the baton as trade talks near the finish line|sport
en|Prime minister saves penalty in confidence vote, opposition hits the post|sport
en|Chancellor juggles three balls in spending review marathon|sport
en|Airlines lock horns in fierce duel over summer fares, airlines drop price bombs|war
en|City lay siege to Rovers' box and blast four past keeper|war
en|Novel about a plane crash and its survivors shortlisted for prize|disaster
en|Drama series on the battle of Stalingrad wins best screenplay|war
en|Bank shares catch a cold as inflation virus spreads|health
en|Frosty reception for chancellor's tax plan among business leaders|weather
en|Jordan steps down as chief executive of software maker|politics,war
en|The minister said in an interview with the Guardian that hospitals need nurses|arts
de|Wahlkampf: Herausforderer landet Volltreffer im TV-Duell gegen Amtsinhaber|sport
de|Finanzminister spielt auf Zeit im Haushaltspoker|sport
de|Handelskrieg: Konzerne rüsten sich für neue Zölle|war
de|Serie über Bankräuber ist das meistgesehene Drama des Jahres|crime
de|Sturm der Entrüstung über Diätenerhöhung im Landtag|weather
fr|Match nul entre majorité et opposition après le débat sur les impôts|sport
fr|Bataille boursière autour du groupe de luxe|war
fr|Tempête politique autour du budget de la Sécurité sociale|weather
fr|Roman sur un braquage, la critique est conquise|crime
es|Oposición y Gobierno empatan en el primer asalto del debate presupuestario|sport
es|Batalla empresarial por el control del banco|war
es|Tormenta política por los presupuestos|weather
es|Serie sobre el narcotráfico bate récords de audiencia|crime
it|Derby tra ministri sulla manovra economica|sport
it|Tempesta sui mercati dopo i dazi|weather
pt|Placar apertado na votação da reforma, governo vence no último minuto|sport
pt|Tempestade política em torno do orçamento|weather
nl|Oppositie scoort punten in begrotingsdebat|sport
ru|Политический марафон: партии вышли на старт выборов|sport
ru|Буря на рынках после введения пошлин|weather
pl|Rząd strzelił gola opozycji w debacie o budżecie|sport
pl|Burza wokół ustawy podatkowej w Sejmie|weather
de|Amt wird mit Beschwerden überflutet. Nach der Gebührenerhöhung ging eine Flut von Briefen im Rathaus ein.|disaster
fr|Budget : le gouvernement joue les prolongations. Le ministre des Finances a marqué contre son camp.|sport,war
ko|정부, 물가와의 전쟁 선포. 기획재정부 장관은 식료품과 휘발유 가격 상한제를 발표했다.|war
he|הממשלה מכריזה מלחמה על יוקר המחיה. שר האוצר הגביל את מחירי המזון והדלק.|war
ur|حکومت کا مہنگائی کے خلاف جنگ کا اعلان. وزیر خزانہ نے آٹے اور پیٹرول کی قیمتیں مقرر کر دیں۔|war
ar|سباق الرئاسة يدخل الشوط الأخير. المرشحان يتعادلان في استطلاعات الرأي والحزب الحاكم يسجل هدفا في مرماه.|sport
ar|الاقتصاد المريض يحتاج إلى دواء مر. البنك المركزي يرفع أسعار الفائدة.|health
id|Pilkada masuk babak akhir, kedua calon adu sprint. Tim sukses menyebut gubernur mencetak gol bunuh diri.|sport
fa|رقابت انتخاباتی به دور پایانی رسید. نامزدها در مناظره به هم گل زدند.|sport
he|רעידת אדמה בבורסה: המניות צנחו. המשקיעים ברחו מהבנקים.|disaster
el|Στην τελική ευθεία ο εκλογικός αγώνας. Ο υπουργός έβαλε αυτογκόλ στο ντιμπέιτ.|sport
vi|Cuộc đua vào Nhà Trắng bước vào chặng nước rút. Hai ứng cử viên ghi bàn trong cuộc tranh luận.|sport
ko|대선 레이스 막판 스퍼트. 여야 후보 토론에서 자책골 논란.|sport
ja|知事選、最終ラップへ. 候補者の討論で与党がオウンゴール。|sport
sk|Preteky o post primátora vrcholia. Koalícia si v debate strelila vlastný gól.|sport
ca|La cursa per l'alcaldia entra a la recta final. El candidat marca un gol en pròpia porta al debat.|sport
ta|முதல்வர் பதவிக்கான ஓட்டம் இறுதிச் சுற்றில். இரு கட்சிகளும் விவாதத்தில் கோல் அடித்தன.|sport
ja|スーパーの値下げ戦争、再び. イオンと西友が牛乳と卵の価格を引き下げた。|war
bg|Ценова война между веригите магазини. Лидл и Кауфланд намалиха млякото и хляба.|war
ca|Guerra de preus entre supermercats. Mercadona i Lidl abaixen la llet i el pa.|war
"""

# What the same words say where they are meant.
MEANT = """
en|Late goal wins the cup final for the home team after a penalty shootout|sport
en|Runner wins marathon in record time and takes Olympic gold|sport
en|Troops attack as army shells the front; soldiers surrender|war
en|Earthquake and tsunami kill hundreds, rescuers search the rubble|disaster
en|Patients with fever fill hospitals as doctors warn of flu epidemic|health
en|Film director arrested on rape charges, prosecutors tell court|crime
de|Bayern gewinnt das Endspiel im Elfmeterschießen, der Torwart hält drei Schüsse|sport
de|Truppen greifen Stadt an, Soldaten und Zivilisten getötet|war
fr|Séisme en Turquie : les secouristes cherchent des survivants sous les décombres|disaster
es|El delantero marcó dos goles y el equipo ganó el partido de la liga|sport
it|Terremoto, crolli e vittime: soccorritori al lavoro tra le macerie|disaster
ru|Нападающий забил два гола, клуб выиграл матч чемпионата|sport
ar|غارات إسرائيلية على غزة تقتل عشرين شخصا. الجيش يقول إنه استهدف مسلحين.|war
he|צה"ל תקף בעזה, חמאס שיגר רקטות. חיילים נהרגו בקרבות בצפון הרצועה.|war
fa|حمله موشکی روسیه به کی‌یف. ده‌ها نفر کشته شدند و ارتش اوکراین عقب نشست.|war
ur|غزہ پر اسرائیلی بمباری، درجنوں فلسطینی جاں بحق. فوج نے حماس کے ٹھکانوں کو نشانہ بنایا۔|war
hi|रूस ने कीव पर मिसाइल दागी, कई लोगों की मौत. यूक्रेनी सेना ने जवाबी हमला किया।|war
id|Rusia gempur Kyiv dengan rudal, puluhan tewas. Tentara Ukraina mundur dari kota di timur.|war
vi|Nga phóng tên lửa vào Kiev, hàng chục người chết. Quân đội Ukraine rút khỏi thành phố.|war
ko|러시아, 키이우에 미사일 공격…수십 명 사망. 우크라이나 군이 동부 도시에서 철수했다.|war
zh|俄罗斯导弹袭击基辅 数十人死亡. 乌克兰军队从东部城市撤退。|war
ja|ロシア、キーウをミサイル攻撃 死者数十人. ウクライナ軍は東部の都市から撤退した。|war
sw|Urusi yashambulia Kyiv kwa makombora, makumi wauawa. Jeshi la Ukraine larudi nyuma mashariki.|war
de|Russische Raketen treffen Kiew, Dutzende Tote. Die ukrainische Armee zog sich aus der Stadt zurück.|war
fr|Des missiles russes frappent Kiev, des dizaines de morts. L'armée ukrainienne se retire de la ville.|war
bn|কিয়েভে রুশ ক্ষেপণাস্ত্র হামলা, বহু নিহত. ইউক্রেনের সেনাবাহিনী শহর থেকে সরে গেছে।|war
ta|கீவ் மீது ரஷ்யா ஏவுகணைத் தாக்குதல், பலர் பலி. உக்ரைன் ராணுவம் நகரிலிருந்து பின்வாங்கியது.|war
"""


def cases(table):
    rows = [line.split("|") for line in table.strip().splitlines()]
    return [
        pytest.param(language, headline, subjects.split(","), id=f"{language} {headline[:40]}")
        for language, headline, subjects in rows
    ]


def sure(language, headline):
    """The top levels that are given at confidence 50 or more."""
    found = {subject.uri.removeprefix(URI_PREFIX): subject.confidence for subject in tag_subjects(headline, "", (), language)}
    return {name for name, code in CODES.items() if found.get(code, 0) >= SURE}


@pytest.mark.parametrize(("language", "headline", "absent"), cases(BORROWED))
def test_what_borrows_words_is_not_of_their_subject(language, headline, absent):
    """Sport in politics, war in sport and trade, fever in economies, storms of words, films about crimes; Turkey, Apple."""
    assert not sure(language, headline).intersection(absent)


@pytest.mark.parametrize(("language", "headline", "there"), cases(MEANT))
def test_the_same_words_are_of_their_subject_where_they_are_meant(language, headline, there):
    """In company they count in full."""
    assert sure(language, headline).issuperset(there)
