# ruff: noqa: E501 - the walls stand as their sites show them
"""Walls, index pages and galleries are refused, each with its reason; articles about them are not."""

from __future__ import annotations

import orjson
import pytest

from streams.articles import Article, prepare_article
from streams.records import Draft, Reason, Rejection, judge_text, read_record
from streams.records.judging import walls

# Made up after the walls that sites show, a language each.
WALLS = {
    Reason.CONSENT_WALL: (
        "Before you continue to Google\nWe use cookies and data to\nDeliver and maintain Google services\nTrack outages and protect against spam, fraud and abuse\nIf you choose to “Accept all,” we will also use cookies and data to develop and improve new services.\nReject all\nAccept all\nMore options",
        "Yahoo is part of the Yahoo family of brands\nWhen you use our sites and apps, we use cookies to:\nprovide our sites and apps to you\nauthenticate users, apply security measures, and prevent spam and abuse, and\nmeasure your use of our sites and apps\nIf you click 'Accept all', we and our partners, including 238 who are part of the IAB Transparency & Consent Framework, will also store and/or access information on a device (in other words, use cookies) and use precise geolocation data and other personal data such as IP address and browsing and search data, for analytics, personalised advertising and content, advertising and content measurement and audience research and services development.\nAccept all\nReject all",
        "Willkommen bei beispiel.de\nWir und unsere 214 Partner verarbeiten personenbezogene Daten. Mit Klick auf „Akzeptieren und weiter“ stimmen Sie der Nutzung von Cookies zu. Oder schließen Sie ein PUR-Abo ab.\nAkzeptieren",
        "Mit Werbung weiterlesen\nBesuchen Sie beispiel.de wie gewohnt mit Werbung und Tracking. Details zum Tracking finden Sie in der Datenschutzerklärung und im Privacy Center.\nAlle akzeptieren\noder Pur-Abo\nNutzen Sie beispiel.de ganz ohne Werbetracking für 4,99 Euro im Monat.\nBereits Pur-Abonnent? Hier anmelden.\nUnsere 156 Partner und wir verarbeiten personenbezogene Daten und nutzen Cookies, um Inhalte zu personalisieren. Die Einwilligung kann jederzeit widerrufen werden.",
        "Le respect de votre vie privée est notre priorité\nAvec votre accord, nos 72 partenaires et nous utilisons des cookies ou technologies similaires pour stocker et accéder à des informations personnelles comme votre visite sur ce site. Vous pouvez retirer votre consentement ou vous opposer aux traitements basés sur l'intérêt légitime à tout moment en cliquant sur « En savoir plus ».\nEn savoir plus\nContinuer sans accepter\nAccepter et fermer",
        "Valoramos tu privacidad\nNosotros y nuestros 840 socios almacenamos o accedemos a información en un dispositivo, como las cookies, y tratamos datos personales para publicidad personalizada, medición de anuncios y estudio de audiencias.\nACEPTAR Y CONTINUAR\nRECHAZAR TODO\nMÁS OPCIONES",
        "Valorizamos a sua privacidade\nNós e os nossos parceiros armazenamos e acedemos a informações num dispositivo, tais como cookies, e tratamos dados pessoais.\nMAIS OPÇÕES\nACEITAR TUDO",
        "Informativa\nNoi e i nostri 412 partner selezionati utilizziamo cookie o tecnologie simili come specificato nella cookie policy. Puoi liberamente prestare, rifiutare o revocare il tuo consenso, in qualsiasi momento.\nScopri di più e personalizza\nContinua senza accettare\nAccetta tutto",
        "Мы используем файлы cookie\nНаш сайт использует файлы cookie и сервисы аналитики, чтобы сделать его удобнее. Продолжая пользоваться сайтом, вы даёте согласие на обработку персональных данных.\nПринять все\nНастроить\nПолитика конфиденциальности",
        "نحن نهتم بخصوصيتك\nنستخدم نحن وشركاؤنا ملفات تعريف الارتباط لتخزين المعلومات على جهازك والوصول إليها ومعالجة البيانات الشخصية من أجل الإعلانات المخصصة. يمكنك سحب موافقتك في أي وقت.\nقبول الكل\nرفض الكل\nإدارة الخيارات",
        "हम आपकी गोपनीयता को महत्व देते हैं\nहम और हमारे 400 साझेदार आपके डिवाइस पर कुकीज़ का उपयोग करके जानकारी संग्रहीत करते हैं और व्यक्तिगत डेटा संसाधित करते हैं।\nसभी स्वीकार करें\nसभी अस्वीकार करें\nसेटिंग प्रबंधित करें",
        "我们重视您的隐私\n我们和我们的合作伙伴使用Cookie在您的设备上存储和访问信息，并处理个人数据，用于个性化广告和内容。您可以随时撤回您的同意。\n全部接受\n全部拒绝\n管理选项",
        "お客様のプライバシーを尊重します\n当社とパートナーは、クッキーを使用してデバイス上の情報を保存し、個人情報を処理します。設定を管理から同意を撤回できます。\nすべて受け入れる\nすべて拒否\n設定を管理",
    ),
    Reason.ROBOT_CHECK: (
        "Just a moment...\nEnable JavaScript and cookies to continue",
        "Lorn Gazette\nYou need to enable JavaScript to run this app.",
        "Unavailable due to legal reasons\nWe're sorry. This content is not available in your region. Due to the General Data Protection Regulation we cannot grant you access at this time.",
        "451: Unavailable due to legal reasons\nWe recognize you are attempting to access this website from a country belonging to the European Economic Area (EEA), including the EU, which enforces the General Data Protection Regulation (GDPR), and therefore access cannot be granted at this time.",
        "Attention Required! | Cloudflare\nSorry, you have been blocked\nYou are unable to access example.com\nWhy have I been blocked?\nThis website is using a security service to protect itself from online attacks. The action you just performed triggered the security solution. There are several actions that could trigger this block including submitting a certain word or phrase, a SQL command or malformed data.\nWhat can I do to resolve this?\nYou can email the site owner to let them know you were blocked. Please include what you were doing when this page came up and the Cloudflare Ray ID found at the bottom of this page.\nCloudflare Ray ID: 7d1\n•\nYour IP: 1.2.3.4",
        "Are you a robot?\nPlease make sure your browser supports JavaScript and cookies and that you are not blocking them from loading. For more information you can review our Terms of Service and Cookie Policy.\nFor inquiries related to this message please contact our support team and provide the reference ID below.",
        'Access Denied\nYou don\'t have permission to access "http://www.example.com/" on this server.\nReference #18.2d351ab8.1557333295.a4e16ab',
        "Pardon Our Interruption\nAs you were browsing something about your browser made us think you were a bot. There are a few reasons this might happen:\nYou've disabled JavaScript in your web browser.\nYou're a power user moving through this website with super-human speed.\nYou've disabled cookies in your web browser.",
        "Vérification de sécurité\nVeuillez confirmer que vous êtes un humain en cochant la case ci-dessous. Nous avons détecté un trafic inhabituel depuis votre réseau.",
        "Sicherheitsüberprüfung\nBitte bestätigen Sie, dass Sie ein Mensch sind. Wir haben ungewöhnliche Zugriffe aus Ihrem Netzwerk festgestellt.",
        "Verifica que eres humano\nHemos detectado tráfico inusual desde tu red. Completa la comprobación de seguridad para continuar.",
        "Подтвердите, что вы не робот\nНам очень жаль, но запросы с вашего устройства похожи на автоматические.",
        "تأكد من أنك لست روبوت\nلقد رصدنا حركة مرور غير عادية من شبكتك. يرجى إكمال الاختبار للمتابعة.",
        "सुरक्षा जांच\nकृपया पुष्टि करें कि आप रोबोट नहीं हैं। हमें आपके नेटवर्क से असामान्य ट्रैफ़िक मिला है।",
        "安全验证\n系统检测到您的网络存在异常流量，请完成下方验证以继续访问。",
        "セキュリティチェック\nロボットではないことを確認してください。お使いのネットワークから通常と異なるトラフィックが検出されました。",
        "Verificação de segurança\nConfirme que você é humano. Detectamos tráfego incomum na sua rede.",
        "Controllo di sicurezza\nConferma di essere umano. Abbiamo rilevato traffico insolito dalla tua rete.",
    ),
    Reason.PAY_WALL: (
        "Council approves budget\nThe city council approved the budget on Monday after a long debate.\nSubscribe to continue reading\nAlready a subscriber? Log in\nUnlimited digital access for $1 a month. Cancel anytime.",
        "Bürgermeister tritt zurück\nDer Bürgermeister von Musterstadt hat am Montag überraschend seinen Rücktritt erklärt.\nWeiterlesen mit Plus\nDieser Artikel ist exklusiv für Abonnenten.\nBereits Abonnent? Hier einloggen\nJetzt 4 Wochen testen, jederzeit kündbar",
        "Cet article est réservé aux abonnés\nIl vous reste 82 % de cet article à lire.\nLa suite est réservée aux abonnés.\nDéjà abonné ? Se connecter\nS'abonner, sans engagement",
        "El alcalde dimite\nEl alcalde anunció ayer su dimisión.\nPara continuar leyendo, suscríbete\nContenido exclusivo para suscriptores\n¿Ya eres suscriptor? Inicia sesión",
        "Prefeito renuncia ao cargo\nO prefeito anunciou a renúncia na segunda-feira.\nConteúdo exclusivo para assinantes\nJá é assinante? Faça seu login\nAssine por R$ 9,90 por mês",
        "Si dimette il sindaco\nContenuto riservato agli abbonati\nPer continuare a leggere abbonati\nSei già abbonato? Accedi",
        "Мэр подал в отставку\nМатериал доступен только подписчикам\nЧтобы продолжить чтение, оформите подписку\nУже подписаны? Войдите",
        "استقال رئيس البلدية\nلمتابعة القراءة اشترك الآن\nهذا المحتوى للمشتركين فقط\nهل أنت مشترك؟ تسجيل الدخول",
        "मेयर ने इस्तीफा दिया\nपूरी खबर पढ़ने के लिए सब्सक्राइब करें\nक्या आप पहले से सदस्य हैं? लॉग इन करें",
        "市长辞职\n本文仅限订阅者阅读\n继续阅读请订阅\n已是会员？登录",
        "市長が辞任\nこの記事は有料会員限定です\n残り 1,234 文字\n続きを読むにはログインしてください\n月額980円",
        "You have reached your limit of free articles this month.\nRegister to continue reading",
    ),
}
# Others, written before anybody looked at the list of phrases: kind, title (may be none), text.
UNSEEN_WALLS = (
    (
        Reason.CONSENT_WALL,
        "Zustimmung",
        "Mit Werbung weiterlesen oder Pur-Abo abschließen\nBesuchen Sie unsere Seite wie gewohnt mit Werbung und üblichem Tracking. Ihre Zustimmung ist jederzeit widerrufbar.\nDetails zu Werbe- und Analyse-Trackern in unserer Datenschutzerklärung oder am Ende jeder Seite im Privacy Center.\nZustimmen und weiter\n… oder Pur-Abo für 4,99 € im Monat\nNutzen Sie unsere Seite ohne Werbung und Werbetracking.\nBereits Pur-Abonnent? Hier anmelden.\nTracking: Zur Verbesserung und Finanzierung unseres Angebots arbeiten wir mit Drittanbietern zusammen. Diese erheben und verarbeiten mit Hilfe von Cookies personenbezogene Daten auf Ihrem Gerät.",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Wir und unsere bis zu 213 Partner benötigen Ihre Zustimmung.\nKlicken Sie auf „Akzeptieren“, um den Einsatz von Cookies und anderen Technologien zu erlauben, damit wir Ihnen personalisierte Anzeigen und Inhalte ausspielen können.\nEinstellungen\nAkzeptieren\nImpressum\nDatenschutz",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Le respect de votre vie privée est notre priorité\nAvec votre accord, nos 146 partenaires et nous utilisons des cookies ou technologies similaires pour stocker, consulter et traiter des données personnelles telles que votre visite sur ce site internet.\nCertains partenaires ne demandent pas votre consentement pour traiter vos données et se fondent sur leur intérêt commercial légitime. Vous pouvez à tout moment révoquer votre consentement ou vous opposer au traitement.\nAccepter et fermer\nContinuer sans accepter\nParamétrer\nS'abonner pour refuser",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Tu privacidad es importante para nosotros\nNosotros y nuestros 812 socios almacenamos y accedemos a información en un dispositivo, como cookies, y tratamos datos personales, como identificadores únicos e información estándar enviada por un dispositivo, para publicidad y contenido personalizados.\nPuedes aceptar todas las cookies o rechazarlas y suscribirte por 2,99 € al mes.\nAceptar y continuar\nRechazar y suscribirse\nConfigurar",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "La tua privacy è importante per noi\nNoi e i nostri 670 fornitori archiviamo informazioni quali cookie su un dispositivo (e/o vi accediamo) e trattiamo i dati personali, quali identificativi unici.\nPuoi liberamente prestare, rifiutare o revocare il tuo consenso, in qualsiasi momento.\nRifiuta e abbonati\nAccetta e continua\nScopri di più e personalizza",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Nós valorizamos a sua privacidade\nNós e os nossos parceiros armazenamos ou acedemos a informações dos dispositivos, tais como cookies, e processamos dados pessoais para os fins descritos abaixo.\nPoderá clicar para consentir o processamento ou recusar.\nACEITAR TUDO\nREJEITAR TUDO\nMAIS OPÇÕES",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "DPG Media vraagt toestemming\nOm je een optimale gebruikservaring te bieden, gebruiken wij en derde partijen cookies en vergelijkbare technieken.\nAls je op 'Akkoord' klikt, ga je akkoord met het plaatsen van cookies voor gepersonaliseerde advertenties en content.\nJe kunt je keuze altijd wijzigen via de link onderaan de pagina.\nAkkoord\nInstellen",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Szanujemy Twoją prywatność\nMy i nasi partnerzy (865) przechowujemy informacje na urządzeniu lub uzyskujemy do nich dostęp, takie jak pliki cookie, i przetwarzamy dane osobowe w celu wyświetlania spersonalizowanych reklam.\nMożesz zmienić ustawienia lub wycofać zgodę w dowolnym momencie.\nPRZEJDŹ DO SERWISU\nUSTAWIENIA ZAAWANSOWANE",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Vi värnar om din integritet\nVi och våra partners lagrar och får tillgång till information på din enhet, till exempel cookies, och behandlar personuppgifter för att visa anpassade annonser.\nDu kan när som helst ändra eller återkalla ditt samtycke.\nGodkänn alla\nHantera inställningar",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Gizliliğinize önem veriyoruz\nBiz ve 743 iş ortağımız, cihazınızda çerezler gibi bilgileri saklıyor ve kişiselleştirilmiş reklamlar sunmak için kişisel verilerinizi işliyoruz.\nTercihlerinizi istediğiniz zaman değiştirebilirsiniz.\nTümünü kabul et\nReddet\nAyarlar",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Мы используем файлы cookie\nПродолжая пользоваться сайтом, вы соглашаетесь на обработку персональных данных и использование файлов cookie в соответствии с политикой конфиденциальности.\nПринять\nНастроить\nОтклонить",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "このサイトではクッキーを使用しています\n当社は、お客様の利便性向上、広告配信および利用状況の分析のためにクッキー（Cookie）を使用します。\n「同意する」をクリックすると、当社およびパートナーによるCookieの使用に同意したことになります。\n同意する\n設定を変更する\n拒否する",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "نحن نهتم بخصوصيتك\nنستخدم نحن وشركاؤنا ملفات تعريف الارتباط لتخزين المعلومات على جهازك ومعالجة البيانات الشخصية لعرض إعلانات ومحتوى مخصص.\nيمكنك تغيير اختياراتك أو سحب موافقتك في أي وقت.\nقبول الكل\nرفض\nإدارة الخيارات",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "쿠키 사용에 동의해 주세요\n당사와 파트너는 맞춤형 광고와 콘텐츠를 제공하기 위해 쿠키를 사용하여 기기에 정보를 저장하고 개인정보를 처리합니다.\n언제든지 동의를 철회할 수 있습니다.\n모두 동의\n거부\n설정 관리",
    ),
    (
        Reason.CONSENT_WALL,
        None,
        "Arvostamme yksityisyyttäsi\nMe ja kumppanimme käytämme evästeitä ja käsittelemme henkilötietoja näyttääksemme kohdennettuja mainoksia.\nVoit muuttaa valintojasi milloin tahansa.\nHyväksy kaikki\nHylkää\nAsetukset",
    ),
    (
        Reason.ROBOT_CHECK,
        "Just a moment...",
        "www.example-news.com\nVerifying you are human. This may take a few seconds.\nwww.example-news.com needs to review the security of your connection before proceeding.\nVerification successful\nWaiting for www.example-news.com to respond...\nEnable JavaScript and cookies to continue\nRay ID: 8a1f2b3c4d5e6f70\nPerformance & security by Cloudflare",
    ),
    (
        Reason.ROBOT_CHECK,
        "Are you a robot?",
        "We've detected unusual activity from your computer network\nTo continue, please click the box below to let us know you're not a robot.\nWhy did this happen?\nPlease make sure your browser supports JavaScript and cookies and that you are not blocking them from loading. For more information you can review our Terms of Service and Cookie Policy.\nNeed Help?\nFor inquiries related to this message please contact our support team and provide the reference ID below.\nBlock reference ID: 5c1e9d20-7a11-11ee",
    ),
    (
        Reason.ROBOT_CHECK,
        "Access to this page has been denied.",
        "Access to this page has been denied because we believe you are using automation tools to browse the website.\nThis may happen as a result of the following:\nJavascript is disabled or blocked by an extension (ad blockers for example)\nYour browser does not support cookies\nPlease make sure that Javascript and cookies are enabled on your browser and that you are not blocking them from loading.\nReference ID: #4e7d6b20",
    ),
    (
        Reason.ROBOT_CHECK,
        "Attention Required!",
        "Sorry, you have been blocked\nYou are unable to access example.com\nWhy have I been blocked?\nThis website is using a security service to protect itself from online attacks. The action you just performed triggered the security solution.\nWhat can I do to resolve this?\nYou can email the site owner to let them know you were blocked.\nYour IP: 203.0.113.7\nPerformance & security by Cloudflare",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "Vous avez été bloqué(e)\nPourquoi ce blocage ? Quelque chose dans le comportement de votre navigateur nous a intrigué.\nDiverses possibilités : vous surfez et cliquez à une vitesse surhumaine, quelque chose bloque le fonctionnement de javascript sur votre ordinateur, un robot est sur le même réseau (IP 203.0.113.7) que vous\nFaites glisser vers la droite pour compléter le puzzle.\nCela ne fonctionne pas ? Contactez le support.",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "Einen Moment bitte\nWir prüfen, ob Sie ein Mensch sind. Dies kann einige Sekunden dauern.\nBitte aktivieren Sie JavaScript und Cookies, um fortzufahren.\nSicherheitsüberprüfung Ihrer Verbindung\nAnfrage-ID: 91ab33f0c2d4",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "Comprobación de seguridad\nAntes de continuar, confirma que no eres un robot.\nHemos detectado tráfico inusual procedente de tu red.\nCompleta el captcha para acceder a la página.\nIP: 203.0.113.7\nSi el problema persiste, ponte en contacto con nosotros.",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "Вы не робот?\nНам очень жаль, но запросы с вашего устройства похожи на автоматические.\nПодтвердите, что запросы отправляли вы, а не робот.\nЕсли у вас возникли проблемы, пожалуйста, воспользуйтесь формой обратной связи.\nВключите JavaScript и cookie в браузере.",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "安全验证\n您的访问过于频繁，请完成下方验证后继续访问。\n请拖动滑块完成拼图\n验证成功后将自动跳转。\n如有疑问请联系客服。",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "アクセスが集中しています\nお客様のネットワークから通常と異なるアクセスが検出されました。\n私はロボットではありません にチェックを入れて続行してください。\nJavaScriptとCookieを有効にしてください。\n参照番号：18.a1b2c3",
    ),
    (
        Reason.ROBOT_CHECK,
        None,
        "Verifique se você é humano\nPrecisamos confirmar que você não é um robô antes de continuar.\nAtive o JavaScript e os cookies no seu navegador.\nCódigo de referência: 7f3a-22d1",
    ),
    (
        Reason.PAY_WALL,
        "Council to close two libraries",
        "Council to close two libraries\nThe borough will shut branches in the north and east from April, a report seen by this newspaper says.\nSubscribe to continue reading\nGet unlimited digital access for £1 for the first month.\nSubscribe now\nAlready a subscriber? Sign in\nCancel any time",
    ),
    (
        Reason.PAY_WALL,
        None,
        "To continue reading, subscribe today\nYou've reached your limit of free articles this month\nMonthly: $1 for 4 weeks, then $4.25 a week\nAnnual: $40 for the first year\nAlready have an account? Log in\nAll plans renew automatically until cancelled.",
    ),
    (
        Reason.PAY_WALL,
        "Stadtrat streicht Buslinien",
        "Stadtrat streicht Buslinien\nVom Herbst an fahren die Linien 4 und 9 nicht mehr.\nWeiterlesen mit dem Probeabo\nVier Wochen für 1 Euro testen\nDanach 9,99 Euro im Monat, jederzeit kündbar\nJetzt abonnieren\nSie haben bereits ein Abo? Anmelden",
    ),
    (
        Reason.PAY_WALL,
        "Le maire renonce au tramway",
        "Le maire renonce au tramway\nLe projet, contesté depuis des années, est abandonné.\nIl vous reste 87 % de cet article à lire.\nLa suite est réservée aux abonnés.\nAbonnez-vous pour 1 € le premier mois\nDéjà abonné ? Se connecter\nSans engagement",
    ),
    (
        Reason.PAY_WALL,
        "El alcalde deja el cargo",
        "El alcalde deja el cargo\nLa decisión se conoció este martes.\nSuscríbete para seguir leyendo\nLee sin límites por 1 € el primer mes\nYa soy suscriptor\nIniciar sesión\nCancela cuando quieras",
    ),
    (
        Reason.PAY_WALL,
        "Skolan läggs ner",
        "Skolan läggs ner\nBeslutet togs i går kväll.\nDen här artikeln är för prenumeranter\nProva 1 månad för 1 krona\nDärefter 129 kr/mån. Avsluta när du vill.\nRedan prenumerant? Logga in",
    ),
    (
        Reason.PAY_WALL,
        "市長が辞職へ",
        "市長が辞職へ\n市議会は12日、\nこの記事は有料会員限定です。残り1234文字\n今すぐ登録すると初月無料\n有料会員登録\nログイン",
    ),
    (
        Reason.PAY_WALL,
        "Chiude l'ospedale",
        "Chiude l'ospedale\nLa decisione della Regione.\nContenuto riservato agli abbonati\nAbbonati a 1 € al mese per i primi 3 mesi\nHai già un abbonamento? Accedi\nDisdici quando vuoi",
    ),
    (
        Reason.PAY_WALL,
        "Skolen legges ned",
        "Skolen legges ned\nVedtaket kom i går.\nDenne artikkelen er for abonnenter\nFå tilgang for 1 krone\nBestill abonnement\nAllerede abonnent? Logg inn",
    ),
)
CASES = [(reason, wall) for reason, walls in WALLS.items() for wall in walls]

PARAGRAPHS = [
    "The bridge over the Lorn is closed until May, the county council said on Monday after engineers had looked at it.",
    "Cars and buses are sent round by the mill, which takes a quarter of an hour longer, and cyclists may use the ferry.",
    "“Nobody drove too fast, it is simply old,” said the county's surveyor, who hopes to save the arches of 1780.",
    "The ferry runs from six in the morning until ten at night and takes thirty people and as many bicycles at a time.",
]
ARTICLE = "\n".join(PARAGRAPHS)


def outcome_of(value: str | dict[str, object], content_type: str) -> Article | Rejection:
    draft = read_record(orjson.dumps(value) if isinstance(value, dict) else value.encode(), content_type)
    return prepare_article(draft) if isinstance(draft, Draft) else draft


def reason_of(value: str | dict[str, object], content_type: str) -> Reason | None:
    outcome = outcome_of(value, content_type)
    return outcome.reason if isinstance(outcome, Rejection) else None


def page_of(*lines: str, head: str = "") -> str:
    body = "".join(f"<p>{line}</p>" if len(line) > 40 else f"<button>{line}</button>" for line in lines[1:])
    return f"<!doctype html><html><head><title>{lines[0]}</title>{head}</head><body><h1>{lines[0]}</h1>{body}</body></html>"


@pytest.mark.parametrize(("reason", "wall"), CASES)
def test_a_wall_is_refused_as_text_as_json_and_as_a_page(reason: Reason, wall: str) -> None:
    title, *rest = wall.split("\n")
    assert reason_of(wall, "text/plain") is reason
    assert reason_of({"title": title, "text": "\n".join(rest)}, "application/json") is reason
    assert reason_of(page_of(title, *rest), "text/html") is reason


@pytest.mark.parametrize(("reason", "title", "wall"), UNSEEN_WALLS)
def test_a_wall_is_told_by_how_it_is_built_too(reason: Reason, title: str | None, wall: str) -> None:
    outcome = judge_text(title, wall)
    assert outcome is not None
    assert outcome.reason is reason


@pytest.mark.parametrize(("_", "wall"), CASES)
def test_an_article_with_a_wall_s_words_around_it_is_an_article(_: Reason, wall: str) -> None:
    assert judge_text("Bridge closed", f"{wall}\n{ARTICLE}\n{ARTICLE}\n{wall}") is None


ABOUT_WALLS = {
    "a fine for cookies": "The privacy authority fined the retailer Example 3 million euros on Monday over its cookie banner. It took one"
    " click to accept all cookies and four to refuse them, the authority said. Example said it would appeal, and that it had"
    " already mended the banner. Users must find it as easy to say no as to say yes, a court ruled last year in a similar case.",
    "a robot in court": "A man told a court in Lorn on Monday that he was not a robot. He had failed a captcha eleven times, he said, and"
    " lost his place in a queue for tickets. The seller said that unusual traffic had overwhelmed it that day. The judge"
    " asked both sides to come back in June with an expert, and wished them luck.",
    "a price of a subscription": "Example TV will cost 15 dollars a month from May, the company said on Monday. Subscribers can cancel any time."
    " It is the third rise in two years. Shares rose by two per cent in early trading, and analysts said few would leave.",
    "Regulator fines publisher over cookie banners": "The data protection authority has fined a publisher 3 million euros because its cookie banner offered an 'Accept all' button but no way to reject.\n\nThe publisher said it would appeal. It has since added a 'Reject all' button, and says that 41 percent of visitors now use it.\n\nCampaigners who brought the complaint said that consent was not freely given when readers had to subscribe to avoid tracking.\n\nThe ruling is the first of its kind in the country and may affect hundreds of sites that use the same consent tool.",
    "Why websites keep asking if you are a robot": "Captchas were invented to keep bots out. Two decades on, machines solve them faster than people do.\n\nResearchers in Zurich trained a model that passes image tests every time, according to a paper published on Tuesday.\n\nCloudflare, which replaced its own puzzles with a check that runs in the browser, says the time of picking traffic lights is over.\n\nFor people with poor sight the tests were never easy, said Maria Keller of the blind union.",
    "Newspaper group puts local titles behind paywall": "Readers of twelve local papers will have to subscribe from June, their owner said on Monday.\n\nA subscription costs 4.99 pounds a month after a free trial; subscribers can cancel at any time.\n\nThe union of journalists called the move overdue. The group lost 14 million pounds last year.\n\nPrint sales have fallen by half since 2015.",
    "Bundesgerichtshof kippt Cookie-Voreinstellung": "Wer Cookies setzen will, braucht die aktive Zustimmung der Nutzer. Das hat der Bundesgerichtshof am Donnerstag entschieden.\n\nEin vorab angekreuztes Kästchen reiche nicht, sagte der Vorsitzende Richter. Geklagt hatten die Verbraucherzentralen.\n\nDie Datenschutzbeauftragten begrüßten das Urteil. Die Werbewirtschaft warnte vor einer Flut von Bannern.",
    "La CNIL sanctionne un site pour ses cookies": "La CNIL a annoncé jeudi une amende de 60 millions d'euros contre un géant du Web, accusé de ne pas permettre aux internautes de refuser les cookies aussi simplement que de les accepter.\n\nL'entreprise dispose de trois mois pour se mettre en conformité.\n\nElle a indiqué étudier la décision et rappelé que ses utilisateurs pouvaient retirer leur consentement à tout moment.",
    "改正法施行、クッキー規制強化へ": "インターネットの閲覧履歴を記録する「クッキー」の利用を巡り、改正電気通信事業法が16日施行された。\n\nサイト運営者は、利用者の情報を外部に送る場合、同意を得るか通知する必要がある。\n\n総務省は、違反した事業者に業務改善命令を出すことができる。",
    "La prensa sube los precios de sus suscripciones": "Los principales diarios subirán en enero el precio de sus suscripciones digitales, según fuentes del sector.\n\nHasta ahora, los lectores podían suscribirte por un euro el primer mes y cancelar cuando quisieran.\n\nLos editores alegan el aumento de los costes y la caída de la publicidad.",
    "Cloudflare outage takes down thousands of sites": "An outage at Cloudflare made thousands of websites unreachable on Tuesday, among them newspapers, shops and a bank.\n\nVisitors saw a message that said 'Please enable cookies' or asked them to verify that they were human, and then an error.\n\nThe company said a faulty configuration file was to blame and apologised.",
    "a rise of prices": "Subscribers will pay 2 dollars more a month from May. New customers can start a free trial, it said.",
    "a museum's opening": "Members only on Saturday; everybody else can come on Sunday, the museum said. Register to get a ticket.",
    "a brief about cookies on a page": "The EU fined Example over its cookies on Monday.\nShare\nRead more",
    "a brief about Cloudflare": "Cloudflare said that 20000000 requests a second had hit it on Monday.",
    "a brief": "The bridge over the Lorn is closed until May.",
    "nothing": "",
}


@pytest.mark.parametrize(("case", "text"), ABOUT_WALLS.items(), ids=ABOUT_WALLS)
def test_short_news_about_walls_is_news(case: str, text: str) -> None:
    assert judge_text("A headline of the day", text) is None
    assert judge_text(case, text) is None


def test_what_is_not_free_and_shows_a_teaser_is_a_pay_wall() -> None:
    described = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    assert reason_of(page_of("Bridge closed until May", PARAGRAPHS[0], head=described), "text/html") is Reason.PAY_WALL
    assert reason_of(page_of("Bridge closed until May", *PARAGRAPHS, head=described), "text/html") is None


TITLES = [
    f"{subject} {verb} {rest}"
    for subject in ("County council", "Local ferry company", "Museum of the river", "Rovers' new goalkeeper")
    for verb, rest in (
        ("welcomes", "visitors from all over the country"),
        ("looks back", "on a difficult year"),
        ("wants", "more money for the bridge"),
        ("denies", "reports of a quarrel with the mayor"),
    )
]
TEASER = "It was a long day for everyone who had come to the river, and the rain did not help at all."


def cards(titles: list[str], teaser: str = "") -> str:
    return "".join(f'<div><h3><a href="/{number}">{title}</a></h3><p>{teaser}</p></div>' for number, title in enumerate(titles))


LISTINGS = {
    "a front page, flattened": ("\n".join(f"{title}\n{n} hours ago" for n, title in enumerate(TITLES)), "text/plain", Reason.INDEX_PAGE),
    "a section with teasers, flattened": (
        "\n".join(f"{title}\n{TEASER}\nSport" for title in TITLES), "text/plain", Reason.INDEX_PAGE,
    ),
    "a list of titles in JSON": (
        {"title": "News", "text": "\n\n".join(f"{title}\n{n}:30" for n, title in enumerate(TITLES))}, "application/json", Reason.INDEX_PAGE,
    ),
    "a front page": (f"<html><body><h1>News</h1>{cards(TITLES)}</body></html>", "text/html", Reason.INDEX_PAGE),
    "a section with teasers": (f"<html><body><h1>Sport</h1>{cards(TITLES, TEASER)}</body></html>", "text/html", Reason.INDEX_PAGE),
    "what calls itself a collection": (
        page_of("Sport", TEASER, head='<script type="application/ld+json">{"@type": "CollectionPage"}</script>'),
        "text/html",
        Reason.INDEX_PAGE,
    ),
    "a blog with whole posts": (
        "<html><body>"
        + "".join(f"<article><h2><a href=/>{title}</a></h2><p>{ARTICLE}</p></article>" for title in TITLES[:4])
        + "</body></html>",
        "text/html",
        Reason.INDEX_PAGE,
    ),
    "a gallery by its counters": (
        "The week in pictures\n" + "\n".join(f"{n} / 8\n{TEASER}" for n in range(1, 9)), "text/plain", Reason.GALLERY,
    ),
    "a gallery by its credits": (
        "The week in pictures\n" + "\n".join(f"{title} on Monday. Foto: Jo Moss/dpa" for title in TITLES), "text/plain", Reason.GALLERY,
    ),
    "a gallery by its figures": (
        "<html><body><h1>The week in pictures</h1>"
        + "".join(f"<figure><img src=a><figcaption>{title}</figcaption></figure>" for title in TITLES)
        + "</body></html>",
        "text/html",
        Reason.GALLERY,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "content_type", "reason"), LISTINGS.values(), ids=LISTINGS)
def test_what_holds_several_articles_or_pictures_is_refused(value: str, content_type: str, reason: Reason) -> None:
    assert reason_of(value, content_type) is reason


ARTICLES = {
    "with many related titles": (f"<html><body><h1>Bridge closed until May</h1><p>{'</p><p>'.join(PARAGRAPHS)}</p>{cards(TITLES)}</body></html>", "text/html"),
    "short, with many related titles": (
        f"<html><body><h1>Bridge over the Lorn closed until May</h1><p>{PARAGRAPHS[0]}</p>{cards(TITLES)}</body></html>", "text/html",
    ),
    "flattened, with related titles and times": (
        f"Bridge closed\n{ARTICLE}\n" + "\n".join(f"{title}\n{n} hours ago" for n, title in enumerate(TITLES)), "text/plain",
    ),
    "a list of ten with a paragraph each": (
        "Ten best bridges\n" + "\n".join(f"{title} and more\n{TEASER} {TEASER}" for title in TITLES), "text/plain",
    ),
    "a table": ("\n".join(f"{n} Rovers of the Lorn {n * 3} 12 {n + 4} 77" for n in range(20)), "text/plain"),
    "with many pictures": (
        "<html><body><h1>Bridge closed until May</h1>"
        + "".join(f"<p>{paragraph}</p><figure><img src=a><figcaption>Foto: Jo Moss</figcaption></figure>" for paragraph in PARAGRAPHS * 3)
        + "</body></html>",
        "text/html",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "content_type"), ARTICLES.values(), ids=ARTICLES)
def test_an_article_among_lists_and_pictures_is_an_article(value: str, content_type: str) -> None:
    assert reason_of(value, content_type) is None


def test_a_text_without_a_sign_of_walls_compiles_none_of_their_patterns():
    """Most articles have none, and the patterns take a tenth of a second."""
    walls._phrases.cache_clear()
    assert judge_text("Bridge to be built", "The council voted on Monday to build a bridge over the river.") is None
    assert walls._phrases.cache_info().misses == 0
