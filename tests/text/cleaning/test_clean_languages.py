"""Whole pages in many languages, as a flattener leaves them: the article stays, what stands around it goes.

The furniture is what sites of each language really say; a part of it stands in no list of phrases.
"""

# ruff: noqa: E501 (paragraphs are lines)

from __future__ import annotations

from typing import NamedTuple

import pytest

from streams.text.article import CutKind
from streams.text.cleaning.clean import clean_text


class Page(NamedTuple):
    above: list[str]
    headline: str
    dateline: str
    place: str
    paragraphs: list[str]
    below: list[str]

    def text(self) -> str:
        first, *others = self.paragraphs
        return "\n".join([*self.above, self.headline, self.dateline + first, *others, *self.below])


PAGES = {
    "Spanish": Page(
        ["Saltar al contenido", "Inicio", "Portada", "Política", "Economía", "Deportes", "Cultura", "Iniciar sesión", "Suscríbete", "El tiempo"],
        "El ayuntamiento cierra el puente viejo durante dos años",
        "Madrid, 3 nov (EFE).- ",
        "Madrid",
        [
            "El ayuntamiento decidió este lunes cerrar el puente viejo durante dos años, porque sus pilares ya no soportan el tráfico.",
            "«Hemos estudiado todas las alternativas y no hay otra», dijo la alcaldesa a los periodistas tras una sesión que duró hasta la noche.",
            "Los comerciantes de ambas orillas temen por sus negocios; un transbordador cruzará el río cuatro veces por hora.",
            "Los ingenieros habían advertido de los daños desde la inundación de hace tres años, pero el dinero se gastó en el estadio.",
        ],
        ["Compartir", "Facebook", "Twitter", "WhatsApp", "Te puede interesar", "Diez puentes que ver", "Lo más leído", "Deja un comentario", "Aviso legal", "Política de cookies", "Todos los derechos reservados"],
    ),
    "French": Page(
        ["Aller au contenu", "Accueil", "Actualités", "Monde", "Sports", "Culture", "Se connecter", "S'abonner", "Newsletters", "Météo"],
        "La ville ferme le vieux pont pendant deux ans",
        "Lyon (AFP) – ",
        "Lyon",
        [
            "Le conseil municipal a décidé lundi de fermer le vieux pont pendant deux ans, ses piliers ne supportant plus la circulation.",
            "« Nous avons étudié toutes les solutions, il n'y en a pas d'autre », a déclaré la maire à la presse après une longue séance.",
            "Les commerçants des deux rives craignent pour leurs affaires ; un bac traversera le fleuve quatre fois par heure.",
            "Les ingénieurs avaient signalé les dégâts depuis la crue d'il y a trois ans, mais l'argent est allé au nouveau stade.",
        ],
        ["Partager", "Facebook", "Twitter", "À lire aussi", "Dix ponts à voir", "Les plus lus", "Laisser un commentaire", "Mentions légales", "Plan du site", "Tous droits réservés"],
    ),
    "German": Page(
        ["Zum Inhalt springen", "Startseite", "Politik", "Wirtschaft", "Sport", "Kultur", "Anmelden", "Abo", "Newsletter", "Wetter"],
        "Stadt sperrt die alte Brücke für zwei Jahre",
        "Hamburg (dpa) - ",
        "Hamburg",
        [
            "Der Stadtrat hat am Montag beschlossen, die alte Brücke für zwei Jahre zu sperren, weil ihre Pfeiler den Verkehr nicht mehr tragen.",
            "„Wir haben alle anderen Wege geprüft, es gibt keinen“, sagte die Bürgermeisterin nach einer langen Sitzung vor Journalisten.",
            "Die Händler an beiden Ufern fürchten um ihr Geschäft; eine Fähre soll viermal in der Stunde übersetzen.",
            "Ingenieure hatten seit dem Hochwasser vor drei Jahren vor den Schäden gewarnt, doch das Geld floss in das neue Stadion.",
        ],
        ["Teilen", "Facebook", "Twitter", "Das könnte Sie auch interessieren", "Zehn Brücken im Norden", "Meistgelesen", "Kommentar schreiben", "Impressum", "Datenschutz", "AGB"],
    ),
    "Portuguese": Page(
        ["Pular para o conteúdo", "Início", "Política", "Economia", "Esportes", "Cultura", "Entrar", "Assine", "Newsletter", "Previsão do tempo"],
        "Prefeitura fecha a ponte velha por dois anos",
        "São Paulo, 3 nov (Lusa) - ",
        "São Paulo",
        [
            "A câmara municipal decidiu na segunda-feira fechar a ponte velha por dois anos, porque seus pilares já não suportam o trânsito.",
            "“Estudamos todas as alternativas e não há outra”, disse a prefeita aos jornalistas depois de uma sessão que entrou pela noite.",
            "Os comerciantes das duas margens temem pelos negócios; uma balsa vai atravessar o rio quatro vezes por hora.",
            "Engenheiros alertavam para os danos desde a enchente de três anos atrás, mas o dinheiro foi gasto no novo estádio.",
        ],
        ["Compartilhe", "Facebook", "Twitter", "WhatsApp", "Leia também", "Dez pontes para ver", "Mais lidas", "Deixe um comentário", "Termos de uso", "Todos os direitos reservados"],
    ),
    "Italian": Page(
        ["Vai al contenuto", "Home", "Cronaca", "Politica", "Sport", "Cultura", "Accedi", "Abbonati", "Newsletter", "Meteo"],
        "Il comune chiude il ponte vecchio per due anni",
        "(ANSA) - ROMA, 03 NOV - ",
        "ROMA",
        [
            "Il consiglio comunale ha deciso lunedì di chiudere il ponte vecchio per due anni, perché i piloni non reggono più il traffico.",
            "«Abbiamo esaminato ogni altra strada e non ce n'è nessuna», ha detto la sindaca ai giornalisti dopo una lunga seduta.",
            "I commercianti delle due rive temono per i loro affari; un traghetto attraverserà il fiume quattro volte all'ora.",
            "Gli ingegneri segnalavano i danni dalla piena di tre anni fa, ma i soldi sono stati spesi per il nuovo stadio.",
        ],
        ["Condividi", "Facebook", "Twitter", "Leggi anche", "Dieci ponti da vedere", "I più letti", "Lascia un commento", "Note legali", "Privacy policy", "Tutti i diritti riservati"],
    ),
    "Russian": Page(
        ["Перейти к содержанию", "Главная", "Новости", "Политика", "Экономика", "Спорт", "Войти", "Подписаться", "Погода", "Поиск"],
        "Город закрывает старый мост на два года",
        "МОСКВА, 3 ноября. /ТАСС/. ",
        "МОСКВА",
        [
            "Городской совет в понедельник решил закрыть старый мост на два года, поскольку его опоры больше не выдерживают движения.",
            "«Мы рассмотрели все другие пути, и их нет», — сказала мэр журналистам после заседания, которое продлилось до ночи.",
            "Торговцы на обоих берегах опасаются за свои дела; паром будет пересекать реку четыре раза в час.",
            "Инженеры предупреждали о повреждениях со времени наводнения три года назад, но деньги ушли на новый стадион.",
        ],
        ["Поделиться", "ВКонтакте", "Одноклассники", "Telegram", "Читайте также", "Десять мостов", "Самое читаемое", "Добавить комментарий", "О проекте", "Реклама", "Все права защищены"],
    ),
    "Arabic": Page(
        ["انتقل إلى المحتوى", "الرئيسية", "أخبار", "سياسة", "اقتصاد", "رياضة", "تسجيل الدخول", "اشترك", "الطقس", "بحث"],
        "المدينة تغلق الجسر القديم لمدة عامين",
        "بيروت (رويترز) - ",
        "بيروت",
        [
            "قرر مجلس المدينة يوم الاثنين إغلاق الجسر القديم لمدة عامين لأن أعمدته لم تعد تتحمل حركة المرور.",
            'وقالت رئيسة البلدية للصحفيين بعد جلسة طويلة استمرت حتى الليل: "لقد درسنا كل السبل الأخرى ولا يوجد سبيل آخر".',
            "ويخشى أصحاب المتاجر على ضفتي النهر على تجارتهم، وستعبر عبّارة النهر أربع مرات في الساعة.",
            "وكان المهندسون قد حذروا من الأضرار منذ الفيضان الذي وقع قبل ثلاث سنوات، لكن الأموال أنفقت على الملعب الجديد.",
        ],
        ["شارك", "فيسبوك", "تويتر", "واتساب", "اقرأ أيضا", "عشرة جسور", "الأكثر قراءة", "اترك تعليقا", "اتصل بنا", "من نحن", "جميع الحقوق محفوظة"],
    ),
    "Hindi": Page(
        ["मुख्य सामग्री पर जाएं", "होम", "देश", "दुनिया", "खेल", "मनोरंजन", "लॉग इन", "सब्सक्राइब करें", "मौसम", "खोजें"],
        "शहर ने पुराना पुल दो साल के लिए बंद किया",
        "नई दिल्ली, 3 नवंबर (भाषा) ",
        "नई दिल्ली",
        [
            "नगर परिषद ने सोमवार को पुराना पुल दो साल के लिए बंद करने का फैसला किया, क्योंकि उसके खंभे अब यातायात का भार नहीं उठा सकते।",
            "महापौर ने देर रात तक चली बैठक के बाद पत्रकारों से कहा कि हमने हर दूसरा रास्ता देख लिया है और कोई दूसरा रास्ता नहीं है।",
            "दोनों किनारों के दुकानदारों को अपने कारोबार की चिंता है; एक नाव हर घंटे चार बार नदी पार करेगी।",
            "इंजीनियर तीन साल पहले आई बाढ़ के बाद से ही नुकसान की चेतावनी दे रहे थे, लेकिन पैसा नए स्टेडियम पर खर्च हुआ।",
        ],
        ["शेयर करें", "फेसबुक", "ट्विटर", "व्हाट्सएप", "यह भी पढ़ें", "दस पुल", "सबसे ज्यादा पढ़ी गई", "टिप्पणी करें", "संपर्क करें", "हमारे बारे में", "सर्वाधिकार सुरक्षित"],
    ),
    "Chinese": Page(
        ["跳到内容", "首页", "新闻", "国际", "财经", "体育", "登录", "注册", "订阅", "搜索"],
        "市政府宣布旧桥将关闭两年进行重建",
        "新华社北京11月3日电（记者 张三）",
        "北京",
        [
            "市议会星期一决定将旧桥关闭两年，因为桥墩已经无法承受日益增长的交通流量，工程将于明年三月开始。",
            "市长在会议持续到深夜之后对记者表示：“我们研究了其他所有的办法，没有别的办法。”",
            "两岸的商户担心自己的生意受到影响，市议会承诺的渡轮将每小时过河四次，方便市民往来。",
            "工程师们自三年前的洪水以来一直对桥梁损坏提出警告，但资金却被用在了新体育场的建设上。",
        ],
        ["分享到", "微博", "微信", "相关阅读", "十座名桥", "热门文章", "发表评论", "关于我们", "联系我们", "版权所有"],
    ),
    "Japanese": Page(
        ["本文へスキップ", "ホーム", "ニュース", "国際", "経済", "スポーツ", "ログイン", "会員登録", "天気", "検索"],
        "市、古い橋を二年間閉鎖へ 橋脚の損傷で",
        "【ロンドン共同】",
        "ロンドン",
        [
            "市議会は月曜日、橋脚が交通量に耐えられなくなったとして、古い橋を二年間閉鎖することを決めた。",
            "市長は夜遅くまで続いた会議の後、記者団に「ほかの方法をすべて検討したが、方法はなかった」と述べた。",
            "両岸の商店主は商売への影響を心配している。市議会が約束した渡し船は一時間に四回運航する。",
            "技術者らは三年前の洪水以来、損傷について警告してきたが、資金は新しい競技場に使われた。",
        ],
        ["シェア", "ツイート", "関連記事", "十の橋", "アクセスランキング", "コメントを書く", "お問い合わせ", "会社概要", "利用規約", "無断転載禁止"],
    ),
}  # fmt: skip


@pytest.fixture(params=list(PAGES.values()), ids=list(PAGES))
def page(request) -> Page:
    return request.param


def test_the_article_stays_and_its_surroundings_go(page):
    cleaned = clean_text(page.text(), page.headline)
    assert cleaned.headline == page.headline
    assert cleaned.body.split("\n") == page.paragraphs


def test_dateline_and_agency_are_kept_as_facts(page):
    cleaned = clean_text(page.text(), page.headline)
    assert cleaned.dateline == page.place
    assert len(cleaned.agencies) == 1
    assert CutKind.DATELINE in {cut.kind for cut in cleaned.cuts}


def test_a_page_whose_producer_names_no_title_keeps_every_paragraph(page):
    cleaned = clean_text(page.text())
    assert cleaned.headline == page.headline
    assert set(page.paragraphs) <= set(cleaned.body.split("\n"))
