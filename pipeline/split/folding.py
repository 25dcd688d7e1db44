"""Characters: what each stands for, one for one, so that rules are written once.

Full-width forms are made half-width, traditional characters simplified, and what a wrong code shows becomes the glyph
that it looks like. Every text keeps its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property, lru_cache

from recount.pipeline.document import Text

# Traditional, Japanese and variant forms of ideographs, and what mainland reports print in their place.


_FORMS = (
    "丟両並亂亙亜亞伝佇佈佔併來侖価侶侷俁係俠俬倀倆倉個們倖倫倹偉側偵偽傑傖傘備傢傭傯傳傴債傷傾僂僅僉僑僕"
    "僞僥僨僱價儀儁儂億儈儉儐儔儕儘償優儲儷儺儻儼兇兌児兒兗內兩冊冑冪凈凍凜処凱別刪剄則剋剎剛剝剤剮剰剴創"
    "剷劃劇劉劊劌劍劑労勁動務勛勝勞勢勧勱勳勵勸勻匭匯匱區協単卹卻卽厙厠厤厭厲厳厴參叄収叢吳吶呂呉咼員唄唸"
    "問啓啞啟喚喪喫喬單喲営嗆嗇嗎嗚嗩嗶嘆嘍嘔嘖嘗嘜嘩嘮嘯嘰嘵嘸噁噓噝噠噥噦噯噲噴噸噹嚀嚇嚌嚐嚕嚙嚥嚦嚨嚮"
    "嚳嚴嚶囀囁囂囅囈囌囑団囪囲図圇國圍園圓圖團圧垻埡執堅堊堖堝堯報場塊塋塏塒塗塚塢塤塩塵塹墊増墜墮墳墻墾"
    "壇壊壎壓壘壙壚壞壟壠壢壩壯売壺壽変夠夢夾奐奧奩奪奬奮奼妝姍姦娛婁婦婭媧媯媼媽嫋嫗嫵嫺嫻嬀嬈嬋嬌嬙嬡嬤"
    "嬪嬰嬸孃孌孫學孿実宮寀寛寢實寧審寫寬寵寶対専將專尋對導尷屆屍屜屢層屨屬岡峯峴島峽崍崑崗崙崢崬嵐嵗嶁嶄"
    "嶇嶗嶠嶧嶸嶺嶼嶽巋巒巔巖巣巰巹帥師帯帰帳帶幀幃幗幘幟幣幫幬幹幾庁広庫廁廂廃廄廈廕廚廝廟廠廡廢廣廩廬廳"
    "弒弔弳張強彆彈彌彎彔彙彥彫彿徑従從徠復徳徴徹応恆恥恵悅悪悵悶悽惡惱惲惻愛愜愨愴愷愾慄態慍慘慚慟慣慤慪"
    "慫慮慳慶慼慾憂憊憐憑憒憚憤憫憮憲憶懇應懌懍懐懞懟懣懨懲懶懷懸懺懼懾戀戇戔戦戧戩戰戲戶払抜択拋拠拡挙挱"
    "挾捜捨捫捲掃掄掙掛採揀揚換揮揺損搖搗搶摂摑摜摟摯摳摶摻撈撐撓撟撣撥撫撲撳撻撾撿擁擄擇擊擋擔據擠擣擬擯"
    "擰擱擲擴擷擺擻擼擾攄攆攏攔攖攙攛攜攝攢攣攤攪攬敎敗敘敵數斂斃斎斕斬斷旂時晉晝暁暈暉暢暫曄曆曇曉曏曖曠"
    "曬書會朧朮東枴柵柺査栄桜桿梔梘條梟棄棊棖棗棟棧棲椏検楊楓楨業極楽榦榪榮榿構槍槓様槧槨槳樁樂樅樑樓標樞"
    "樣権樸樹樺橈橋機橢橫檁檉檔檜檢檣檯檳檸檻櫃櫓櫚櫛櫝櫞櫟櫥櫧櫨櫪櫫櫬櫱櫳櫸櫻欄欅權欏欒欖欞欽歎歐歓歟歡"
    "歩歲歳歴歷歸歿殘殞殤殫殭殮殯殲殺殻殼毀毆毎毿氂氈氌気氣氫氬氳氾汎汙決沒沖沢況泝洩洶浄浹涇涙涼淒淚淥淨"
    "淩淪淵淶淺渇済渉渙減渦測渾湊湞湧湯満溈準溝溫溼滄滅滌滎滙滬滯滲滷滸滾滿漁漚漢漣漬漲漵漸漿潁潑潔潙潛潤"
    "潯潰潷潿澀澆澇澗澠澤澩澮澱濁濃濕濘濛濟濤濫濰濱濺濼濾瀅瀆瀉瀋瀏瀕瀘瀝瀟瀠瀦瀧瀨瀬瀰瀲瀾灃灄灑灕灘灝灣"
    "灤灧灩災為烏烴無焼煉煒煙煢煥煩煬熒熗熱熾燁燈燉燒燙燜營燦燬燭燴燻燼燾爍爐爛爭爲爺爾牀牆牘牽犖犛犠犢犧"
    "狀狹狽猙猶猻獁獃獄獅獎獣獨獪獫獰獲獵獷獸獺獻獼玀現琱琺琿瑋瑣瑤瑩瑪璉璣璦環璽璿瓊瓏瓔瓚甌甕產産甦畝畢"
    "畫異畳畵當疇疊痙痠痾瘋瘍瘓瘞瘡瘧瘺瘻療癆癇癉癒癘癟癡癢癤癥癧癩癬癭癮癰癱癲発發皁皚皰皸皺盃盜盞盡監盤"
    "盧盪県眞眥眾睏睜睞瞘瞞瞼矇矚矯硃硤硨硯碩碭碸確碼磚磣磧磯磽礎礙礦礪礫礬礱祕祿禍禎禦禪禮禰禱禿秈稅稈稜"
    "稟種稱穀穌積穎穏穡穢穩穫窩窪窮窯窶窺竄竅竇竈竊竜竪競筆筍筧箇箋箏節範築篋篤篩篳簀簍簑簞簡簣簫簽簾籃籌"
    "籜籟籠籤籩籪籬籮籲粋粵糉糝糞糧糰糲糴糶糹糾紀紂約紅紆紇紈紉紋納紐紓純紕紗紙級紛紜紡紮細紱紲紳紹紺紼紿"
    "絀終絃組絆経絎結絕絛絝絞絡絢給絨統絲絳絵絶絹綁綃綆綈綉綏綑經継続綜綞綠綢綣綫綬維綰綱網綳綴綵綸綹綺綻"
    "綽綾綿緄緇緊緋総緑緒緔緗緘緙線緝緞締緡緣緦編緩緬緯緱緲練緶緹緻縄縈縉縊縋縐縑縛縝縞縟縣縦縧縫縭縮縱縲"
    "縴縵縶縷縹總績繃繅繆繒織繕繚繞繡繢繩繪繫繭繮繯繰繳繹繼繽繾纈纊續纍纏纓纔纖纘纜缽罈罌罎罰罵罷羅羆羈羋"
    "羣羥羨義羶習翫翹耬耮聖聞聯聰聲聳聴聵聶職聹聽聾肅脅脈脛脣脩脫脳脹腎腖腦腫腳腸膃膚膠膩膽膾膿臉臍臏臓臘"
    "臚臟臠臥臨臺與興舉舊舘艙艤艦艫艱艷芻苧茲荊荘莊莖莢莧華菴萇萊萬萵葉葒葤葦葯葷蒐蒓蒔蒞蒼蓀蓆蓋蓮蓯蓴蓽"
    "蔔蔘蔞蔣蔥蔦蔭蕁蕆蕎蕒蕓蕕蕘蕢蕩蕪蕭蕷薈薊薌薑薔薟薦薩薬薺藍藎藝藥藪藴藶藹藺蘄蘆蘇蘊蘋蘚蘞蘢蘭蘺蘿處"
    "虛虜號虧虯蛍蛺蛻蜆蝕蝟蝦蝨蝸螄螞螢螻蟄蟈蟎蟣蟬蟯蟲蟶蟻蠅蠆蠍蠐蠑蠔蠟蠣蠱蠶蠻衆衊術衕衚衛衝袞裊裏補裝"
    "裡製複褲褳褸褻襇襖襝襠襤襪襬襯襲覈見規覓視覘覚覡覦覧親覬覯覲観覷覺覽覿觀觴觶觸訁訂訃計訊訌討訐訓訕訖"
    "託記訛訝訟訣訥訪設許訳訴訶診註証詁詆詎詐詒詔評詘詛詞詠詡詢詣試詩詫詬詭詮詰話該詳詵詼詿誄誅誆誇誌認誑"
    "誒誕誘誚語誠誡誣誤誥誦誨說説読誰課誶誹誼調諂諄談諉請諍諏諑諒論諗諛諜諞諡諢諤諦諧諫諭諮諱諳諶諷諸諺諼"
    "諾謀謁謂謄謅謊謎謐謔謖謗謙謚講謝謠謡謨謫謬謳謹謾譁證譎譏譖識譙譚譜譟譫譭譯議譲譴護譽譾讀變讎讒讓讕讖"
    "讚讜讞豈豎豐豔豬貓貝貞負財貢貧貨販貪貫責貯貰貲貳貴貶買貸貺費貼貽貿賀賁賂賃賄賅資賈賊賑賒賓賕賚賜賞賠"
    "賡賢賣賤賦賧質賫賬賭賴賺賻購賽賾贄贅贈贊贋贍贏贐贓贖贗贛贜趕趙趨趲跡踐踰踴蹌蹕蹟蹠蹣蹤蹺躉躊躋躍躑躒"
    "躓躕躚躡躥躦躪軀車軋軌軍軒軔軛軟転軤軫軲軸軹軺軻軼軽軾較輅輇載輊輒輓輔輕輛輜輝輞輟輥輦輩輪輯輳輸輻輾"
    "輿轂轄轅轆轉轍轎轔轟轡轢轤辦辭辮辯農辺迴逓逕這連週進遅遊運過達違遙遜遞遠遡適遲遷選遺遼邁還邇邊邏邐郟"
    "郵郷鄆鄉鄒鄔鄖鄧鄭鄰鄲鄴鄶鄺酈酔醃醖醜醞醫醬釀釁釃釅釈釋釐釓釔釕釗釘釙針釣釤釦釧釩釵釷釹釺鈀鈁鈄鈈鈉"
    "鈍鈎鈐鈑鈔鈕鈞鈣鈥鈦鈧鈮鈰鈳鈴鈷鈸鈹鈺鈽鈾鈿鉀鉄鉅鉆鉈鉉鉍鉑鉕鉗鉚鉛鉞鉢鉤鉦鉬鉭鉸鉺鉻鉿銀銃銅銑銓銖"
    "銘銚銜銠銣銥銦銨銩銪銫銬銭銱銳銷銹銻銼鋁鋃鋅鋇鋌鋏鋒鋝鋟鋤鋥鋦鋨鋪鋭鋮鋯鋰鋱鋳鋶鋸鋼錁錄錆錈錐錒錕錘"
    "錙錚錛錟錠錢錦錨錫錬錮錯録錳錶錸錼鍀鍁鍆鍇鍊鍋鍍鍔鍘鍛鍤鍥鍩鍬鍰鍵鍶鍺鍼鍾鎂鎊鎌鎖鎘鎚鎢鎣鎦鎧鎩鎪鎬"
    "鎭鎮鎰鎳鎵鎸鏃鏇鏈鏌鏍鏑鏗鏘鏜鏝鏞鏟鏡鏢鏤鏨鏵鏷鏹鏽鐃鐋鐐鐓鐔鐘鐙鐝鐠鐦鐧鐨鐫鐮鐲鐳鐵鐸鐺鐿鑄鑊鑌鑑"
    "鑒鑔鑠鑣鑭鑰鑲鑷鑹鑼鑽鑾鑿钁長門閂閃閆閉開閌閎閏閑閒間閔閘閡関閣閤閥閨閩閫閬閭閱閲閶閹閻閼閽閾閿闃闆"
    "闇闈闊闋闌闐闔闕闖關闞闡闢闥陘陝陣陥陰陳陸険陽隉隊階隕際隨險隱隴隸隻雋雑雖雙雛雜雞離難雲電霊霑霧霽靂"
    "靄靈靑靚靜靦靨鞏鞦鞽韁韃韆韉韋韌韓韙韜韝韞韻響頁頂頃項順頇須頊頌頎頏預頑頒頓頗領頜頡頤頦頭頰頷頸頹頻"
    "頽顆題額顎顏顓顔顕願顙顛類顢顥顧顫顯顰顱顳顴風颮颯颱颳颶颼飄飆飈飛飢飩飪飫飭飯飱飲飴飼飽飾餃餅餈餉養"
    "餌餑餒餓餘餚餛餞餡館餬餱餳餵餷餼餾餿饃饅饈饉饊饋饌饑饒饗饜饞饢馬馭馮馱馳馴駁駅駆駐駑駒駔駕駘駙駛駝駟"
    "駡駢駭駱駿騁騅騍騎騏騒験騖騙騫騭騮騰騶騷騸騾驀驁驂驃驄驅驊驍驏驕驗驚驛驟驢驤驥驪骯髄髏髒體髕髖髮鬆鬍"
    "鬚鬢鬥鬧鬨鬩鬮鬱魎魘魚魯魴魷鮁鮃鮎鮐鮑鮒鮚鮝鮞鮪鮫鮭鮮鯀鯁鯇鯉鯊鯔鯖鯗鯛鯝鯡鯢鯤鯧鯨鯪鯫鯰鯽鯿鰈鰉鰍"
    "鰐鰒鰓鰣鰥鰨鰩鰭鰱鰲鰳鰷鰹鰻鰾鱅鱈鱉鱒鱔鱖鱗鱘鱝鱟鱧鱭鱷鱸鱺鳥鳧鳩鳬鳳鳴鳶鴆鴇鴉鴕鴛鴝鴟鴣鴦鴨鴯鴰鴻"
    "鴿鵂鵑鵒鵓鵜鵝鵠鵡鵪鵬鵯鵰鵲鶇鶉鶏鶓鶘鶚鶥鶩鶯鶴鶻鶼鶿鷀鷂鷄鷓鷗鷙鷚鷥鷦鷯鷲鷳鷸鷹鷺鸌鸕鸚鸛鸝鸞鹵鹹"
    "鹺鹼鹽麗麥麩麪麯麵麼黃黌黒黙點黨黲黴黷黽黿鼉鼕鼴齊齋齎齏齒齔齙齜齟齠齡齢齣齦齧齪齬齲齶齷龍龐龔龕龜"
)
_PRINTED = (
    "丢两并乱亘亚亚传伫布占并来仑价侣局俣系侠私伥俩仓个们幸伦俭伟侧侦伪杰伧伞备家佣偬传伛债伤倾偻仅佥侨仆"
    "伪侥偾雇价仪俊侬亿侩俭傧俦侪尽偿优储俪傩傥俨凶兑儿儿兖内两册胄幂净冻凛处凯别删刭则克刹刚剥剂剐剩剀创"
    "铲划剧刘刽刿剑剂劳劲动务勋胜劳势劝劢勋励劝匀匦汇匮区协单恤却即厍厕历厌厉严厣参叁收丛吴呐吕吴呙员呗念"
    "问启哑启唤丧吃乔单哟营呛啬吗呜唢哔叹喽呕啧尝唛哗唠啸叽哓呒恶嘘咝哒哝哕嗳哙喷吨当咛吓哜尝噜啮咽呖咙向"
    "喾严嘤啭嗫嚣冁呓苏嘱团囱围图囵国围园圆图团压坝垭执坚垩垴埚尧报场块茔垲埘涂冢坞埙盐尘堑垫增坠堕坟墙垦"
    "坛坏埙压垒圹垆坏垄垅坜坝壮卖壶寿变够梦夹奂奥奁夺奖奋姹妆姗奸娱娄妇娅娲妫媪妈袅妪妩娴娴妫娆婵娇嫱嫒嬷"
    "嫔婴婶娘娈孙学孪实宫采宽寝实宁审写宽宠宝对专将专寻对导尴届尸屉屡层屦属冈峰岘岛峡崃昆岗仑峥岽岚岁嵝崭"
    "岖崂峤峄嵘岭屿岳岿峦巅岩巢巯卺帅师带归帐带帧帏帼帻帜币帮帱干几厅广库厕厢废厩厦荫厨厮庙厂庑废广廪庐厅"
    "弑吊弪张强别弹弥弯录汇彦雕佛径从从徕复德征彻应恒耻惠悦恶怅闷凄恶恼恽恻爱惬悫怆恺忾栗态愠惨惭恸惯悫怄"
    "怂虑悭庆戚欲忧惫怜凭愦惮愤悯怃宪忆恳应怿懔怀蒙怼懑恹惩懒怀悬忏惧慑恋戆戋战戗戬战戏户拂拔择抛据扩举挲"
    "挟搜舍扪卷扫抡挣挂采拣扬换挥摇损摇捣抢摄掴掼搂挚抠抟掺捞撑挠挢掸拨抚扑揿挞挝捡拥掳择击挡担据挤捣拟摈"
    "拧搁掷扩撷摆擞撸扰摅撵拢拦撄搀撺携摄攒挛摊搅揽教败叙敌数敛毙斋斓斩断旗时晋昼晓晕晖畅暂晔历昙晓向暧旷"
    "晒书会胧术东拐栅拐查荣樱杆栀枧条枭弃棋枨枣栋栈栖桠检杨枫桢业极乐干杩荣桤构枪杠样椠椁桨桩乐枞梁楼标枢"
    "样权朴树桦桡桥机椭横檩柽档桧检樯台槟柠槛柜橹榈栉椟橼栎橱槠栌枥橥榇蘖栊榉樱栏榉权椤栾榄棂钦叹欧欢欤欢"
    "步岁岁历历归殁残殒殇殚僵殓殡歼杀壳壳毁殴每毵牦毡氇气气氢氩氲泛泛污决没冲泽况溯泄汹净浃泾泪凉凄泪渌净"
    "凌沦渊涞浅渴济涉涣减涡测浑凑浈涌汤满沩准沟温湿沧灭涤荥汇沪滞渗卤浒滚满渔沤汉涟渍涨溆渐浆颍泼洁沩潜润"
    "浔溃滗涠涩浇涝涧渑泽泶浍淀浊浓湿泞蒙济涛滥潍滨溅泺滤滢渎泻沈浏濒泸沥潇潆潴泷濑濑弥潋澜沣滠洒漓滩灏湾"
    "滦滟滟灾为乌烃无烧炼炜烟茕焕烦炀荧炝热炽烨灯炖烧烫焖营灿毁烛烩熏烬焘烁炉烂争为爷尔床墙牍牵荦牦牺犊牺"
    "状狭狈狰犹狲犸呆狱狮奖兽独狯猃狞获猎犷兽獭献猕猡现雕珐珲玮琐瑶莹玛琏玑瑷环玺璇琼珑璎瓒瓯瓮产产苏亩毕"
    "画异叠画当畴叠痉酸疴疯疡痪瘗疮疟瘘瘘疗痨痫瘅愈疠瘪痴痒疖症疬癞癣瘿瘾痈瘫癫发发皂皑疱皲皱杯盗盏尽监盘"
    "卢荡县真眦众困睁睐眍瞒睑蒙瞩矫朱硖砗砚硕砀砜确码砖碜碛矶硗础碍矿砺砾矾砻秘禄祸祯御禅礼祢祷秃籼税秆棱"
    "禀种称谷稣积颖稳穑秽稳获窝洼穷窑窭窥窜窍窦灶窃龙竖竞笔笋笕个笺筝节范筑箧笃筛筚箦篓蓑箪简篑箫签帘篮筹"
    "箨籁笼签笾簖篱箩吁粹粤粽糁粪粮团粝籴粜纟纠纪纣约红纡纥纨纫纹纳纽纾纯纰纱纸级纷纭纺扎细绂绁绅绍绀绋绐"
    "绌终弦组绊经绗结绝绦绔绞络绚给绒统丝绛绘绝绢绑绡绠绨绣绥捆经继续综缍绿绸绻线绶维绾纲网绷缀彩纶绺绮绽"
    "绰绫绵绲缁紧绯总绿绪绱缃缄缂线缉缎缔缗缘缌编缓缅纬缑缈练缏缇致绳萦缙缢缒绉缣缚缜缟缛县纵绦缝缡缩纵缧"
    "纤缦絷缕缥总绩绷缫缪缯织缮缭绕绣缋绳绘系茧缰缳缲缴绎继缤缱缬纩续累缠缨才纤缵缆钵坛罂坛罚骂罢罗罴羁芈"
    "群羟羡义膻习玩翘耧耢圣闻联聪声耸听聩聂职聍听聋肃胁脉胫唇修脱脑胀肾胨脑肿脚肠腽肤胶腻胆脍脓脸脐膑脏腊"
    "胪脏脔卧临台与兴举旧馆舱舣舰舻艰艳刍苎兹荆庄庄茎荚苋华庵苌莱万莴叶荭荮苇药荤搜莼莳莅苍荪席盖莲苁莼荜"
    "卜参蒌蒋葱茑荫荨蒇荞荬芸莸荛蒉荡芜萧蓣荟蓟芗姜蔷莶荐萨药荠蓝荩艺药薮蕴苈蔼蔺蕲芦苏蕴苹藓蔹茏兰蓠萝处"
    "虚虏号亏虬萤蛱蜕蚬蚀猬虾虱蜗蛳蚂萤蝼蛰蝈螨虮蝉蛲虫蛏蚁蝇虿蝎蛴蝾蚝蜡蛎蛊蚕蛮众蔑术同胡卫冲衮袅里补装"
    "里制复裤裢褛亵裥袄裣裆褴袜摆衬袭核见规觅视觇觉觋觎览亲觊觏觐观觑觉览觌观觞觯触讠订讣计讯讧讨讦训讪讫"
    "托记讹讶讼诀讷访设许译诉诃诊注证诂诋讵诈诒诏评诎诅词咏诩询诣试诗诧诟诡诠诘话该详诜诙诖诔诛诓夸志认诳"
    "诶诞诱诮语诚诫诬误诰诵诲说说读谁课谇诽谊调谄谆谈诿请诤诹诼谅论谂谀谍谝谥诨谔谛谐谏谕咨讳谙谌讽诸谚谖"
    "诺谋谒谓誊诌谎谜谧谑谡谤谦谥讲谢谣谣谟谪谬讴谨谩哗证谲讥谮识谯谭谱噪谵毁译议让谴护誉谫读变雠谗让谰谶"
    "赞谠谳岂竖丰艳猪猫贝贞负财贡贫货贩贪贯责贮贳赀贰贵贬买贷贶费贴贻贸贺贲赂赁贿赅资贾贼赈赊宾赇赉赐赏赔"
    "赓贤卖贱赋赕质赍账赌赖赚赙购赛赜贽赘赠赞赝赡赢赆赃赎赝赣赃赶赵趋趱迹践逾踊跄跸迹跖蹒踪跷趸踌跻跃踯跞"
    "踬蹰跹蹑蹿躜躏躯车轧轨军轩轫轭软转轷轸轱轴轵轺轲轶轻轼较辂辁载轾辄挽辅轻辆辎辉辋辍辊辇辈轮辑辏输辐辗"
    "舆毂辖辕辘转辙轿辚轰辔轹轳办辞辫辩农边回递迳这连周进迟游运过达违遥逊递远溯适迟迁选遗辽迈还迩边逻逦郏"
    "邮乡郓乡邹邬郧邓郑邻郸邺郐邝郦醉腌酝丑酝医酱酿衅酾酽释释厘钆钇钌钊钉钋针钓钐扣钏钒钗钍钕钎钯钫钭钚钠"
    "钝钩钤钣钞钮钧钙钬钛钪铌铈钶铃钴钹铍钰钸铀钿钾铁巨钻铊铉铋铂钷钳铆铅钺钵钩钲钼钽铰铒铬铪银铳铜铣铨铢"
    "铭铫衔铑铷铱铟铵铥铕铯铐钱铞锐销锈锑锉铝锒锌钡铤铗锋锊锓锄锃锔锇铺锐铖锆锂铽铸锍锯钢锞录锖锩锥锕锟锤"
    "锱铮锛锬锭钱锦锚锡炼锢错录锰表铼镎锝锨钔锴炼锅镀锷铡锻锸锲锘锹锾键锶锗针钟镁镑镰锁镉锤钨蓥镏铠铩锼镐"
    "镇镇镒镍镓镌镞旋链镆镙镝铿锵镗镘镛铲镜镖镂錾铧镤镪锈铙铴镣镦镡钟镫镢镨锎锏镄镌镰镯镭铁铎铛镱铸镬镔鉴"
    "鉴镲铄镳镧钥镶镊镩锣钻銮凿镢长门闩闪闫闭开闶闳闰闲闲间闵闸阂关阁合阀闺闽阃阆闾阅阅阊阉阎阏阍阈阌阒板"
    "暗闱阔阕阑阗阖阙闯关阚阐辟闼陉陕阵陷阴陈陆险阳陧队阶陨际随险隐陇隶只隽杂虽双雏杂鸡离难云电灵沾雾霁雳"
    "霭灵青靓静腼靥巩秋鞒缰鞑千鞯韦韧韩韪韬鞲韫韵响页顶顷项顺顸须顼颂颀颃预顽颁顿颇领颌颉颐颏头颊颔颈颓频"
    "颓颗题额颚颜颛颜显愿颡颠类颟颢顾颤显颦颅颞颧风飑飒台刮飓飕飘飙飚飞饥饨饪饫饬饭飧饮饴饲饱饰饺饼糍饷养"
    "饵饽馁饿余肴馄饯馅馆糊糇饧喂馇饩馏馊馍馒馐馑馓馈馔饥饶飨餍馋馕马驭冯驮驰驯驳驿驱驻驽驹驵驾骀驸驶驼驷"
    "骂骈骇骆骏骋骓骒骑骐骚验骛骗骞骘骝腾驺骚骟骡蓦骜骖骠骢驱骅骁骣骄验惊驿骤驴骧骥骊肮髓髅脏体髌髋发松胡"
    "须鬓斗闹哄阋阄郁魉魇鱼鲁鲂鱿鲅鲆鲇鲐鲍鲋鲒鲞鲕鲔鲛鲑鲜鲧鲠鲩鲤鲨鲻鲭鲞鲷鲴鲱鲵鲲鲳鲸鲮鲰鲶鲫鳊鲽鳇鳅"
    "鳄鳆鳃鲥鳏鳎鳐鳍鲢鳌鳓鲦鲣鳗鳔鳙鳕鳖鳟鳝鳜鳞鲟鲼鲎鳢鲚鳄鲈鲡鸟凫鸠凫凤鸣鸢鸩鸨鸦鸵鸳鸲鸱鸪鸯鸭鸸鸹鸿"
    "鸽鸺鹃鹆鹁鹈鹅鹄鹉鹌鹏鹎雕鹊鸫鹑鸡鹋鹕鹗鹛鹜莺鹤鹘鹣鹚鹚鹞鸡鹧鸥鸷鹨鸶鹪鹩鹫鹇鹬鹰鹭鹱鸬鹦鹳鹂鸾卤咸"
    "鹾碱盐丽麦麸面曲面么黄黉黑默点党黪霉黩黾鼋鼍冬鼹齐斋赍齑齿龀龅龇龃龆龄龄出龈啮龊龉龋腭龌龙庞龚龛龟"
)

SIMPLIFIED = str.maketrans(_FORMS, _PRINTED)
"""For str.translate, as the tables below: one character for one, so that every text keeps its length."""

# Chrome, Qt and macOS write the code of a radical where a font draws it and the ideograph with one glyph. NFKC knows
# the Kangxi radicals (save ⼾, which simplified fonts share with 户) and the compatibility ideographs; of the radicals
# supplement this is Unicode's EquivalentUnifiedIdeograph, where that is drawn alike.
_KANGXI, _COMPATIBLE = range(0x2F00, 0x2FD6), (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
_RADICALS = (
    "⺁⺄⺅⺆⺉⺊⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺞⺟⺠⺡⺢⺣⺤⺥⺦⺨⺩⺫⺬⺭⺯⺰⺱⺲⺹⺺⺻⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳⼾",
    "厂乙亻冂刂卜兀尣尢巳幺彑彐忄心扌攵旡歺母民氵氺灬爫爫丬犭王目示礻糹纟罓罒耂肀聿艹艹艹虎衤覀西见角讠贝车辶辶辶阝钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟户",
)


def _ideograph(code: int) -> str:
    """The ideograph that a radical or a compatibility ideograph stands for; itself where there is none."""
    plain_form = unicodedata.normalize("NFKC", chr(code))
    return plain_form if len(plain_form) == 1 else chr(code)


ORDINARY: Mapping[int, str] = {
    **{code: _ideograph(code) for code in (*_KANGXI, *_COMPATIBLE)},
    **{ord(radical): ideograph for radical, ideograph in zip(*_RADICALS, strict=True)},
    0xAD: "-",  # old fonts draw the hyphen at the code of the soft one; `read` leaves only those that are printed
}
"""What a wrong code shows: not another way to write a character, but the same glyph."""

_FULL_WIDTH: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_VARIANTS = {
    "　": " ", "\xa0": " ", "−": "-", "–": "-", "‐": "-", "‑": "-", "‒": "-", "﹣": "-", "﹪": "%", "﹥": ">",
    "﹤": "<", "“": '"', "”": '"', "„": '"', "＂": '"', "〝": '"', "〞": '"', "﹒": ".",
    "﹐": ",", "‚": ",", "∶": ":", "﹕": ":", "﹔": ";", "〔": "(", "〕": ")", "﹙": "(", "﹚": ")", "於": "于",
    "︵": "(", "︶": ")", "︓": ":", "︐": ",", "⁃": "-", "˗": "-", "﹘": "-",
}  # fmt: skip
_IDEOGRAPHS: Mapping[int, str] = {
    **{code: shown.translate(SIMPLIFIED) for code, shown in ORDINARY.items()},
    **{code: chr(printed) for code, printed in SIMPLIFIED.items()},
}
FOLD: Mapping[int, str] = {**_IDEOGRAPHS, **_FULL_WIDTH, **{ord(old): new for old, new in _VARIANTS.items()}}
"""For matching: ordinary, simplified, half-width."""

_AS_THE_CONTRACT_WANTS: Mapping[int, str] = {
    **ORDINARY,
    **{code: half for code, half in _FULL_WIDTH.items() if half.isalnum() or half in "%."},
}


_MOST_KEPT, _LONGEST_KEPT = 2_000, 100  # texts, and characters of each


class _Folding:
    """Puts the characters of a table in the place of others, as str.translate does, which raises and catches an error
    for every character that is none of them: as most are, a pattern finds the others ten times as fast. What came of a
    short text is kept for a while: one step after the other asks for the lines of a report."""

    def __init__(self, table: Mapping[int, str]) -> None:
        self._signs = {chr(code): sign for code, sign in table.items()}
        self._kept = lru_cache(_MOST_KEPT)(self._put)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        runs: list[list[str]] = []
        for sign in sorted(self._signs):  # in runs: what lies beyond 16 bits would be looked for one by one
            if runs and ord(sign) == ord(runs[-1][-1]) + 1:
                runs[-1].append(sign)
            else:
                runs.append([sign])
        return re.compile("[" + "".join(f"{re.escape(run[0])}-{re.escape(run[-1])}" for run in runs) + "]")

    def __call__(self, text: str) -> str:
        return self._kept(text) if len(text) <= _LONGEST_KEPT else self._put(text)

    def _put(self, text: str) -> str:
        return self._others.sub(self._sign, text)

    def _sign(self, match: re.Match[str]) -> str:
        return self._signs[match[0]]


ordinary, _folded, _simplified, _as_the_contract_wants = map(
    _Folding, (ORDINARY, FOLD, _IDEOGRAPHS, _AS_THE_CONTRACT_WANTS)
)
_COMMA_IN_NUMBER = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")


def plain(text: Text | str) -> str:
    """Text as the contract wants it (report.md): Chinese characters and punctuation as printed; digits, letters, % and
    the point half-width; a full-width comma only inside a number.
    """
    printed = text if isinstance(text, str) else text.printed
    return _COMMA_IN_NUMBER.sub(",", _as_the_contract_wants(printed))


def fold(text: str) -> str:
    """Full-width forms made half-width, traditional characters simplified: one character for one."""
    return _folded(text)


_IDEOGRAPH = re.compile("[\u2e80-\u9fff\uf900-\ufaff]")  # or radical, or Chinese punctuation


def has_ideograph(text: str) -> bool:
    """Whether a text is in Chinese, or has a word of it: it is not written with blanks between words."""
    return _IDEOGRAPH.search(text) is not None


def simplified(text: str) -> str:
    """The ideographs alone folded: for labels that are compared with their punctuation."""
    return _simplified(text)
