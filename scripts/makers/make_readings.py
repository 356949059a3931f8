"""Make ``resources/pinyin/readings.txt``: how Chinese characters are read in names of places, from pypinyin.

Run with pypinyin 0.55 installed: ``python scripts/makers/make_readings.py``. Three parts, each ended by an empty line:

1. ``syllable+tone characters``: every character under its first reading, in the order of pinyin; the characters of a
   line stand in the order of GB 18030. So a character's place in this part is its place in the order of names.
2. ``syllable characters``: other readings that a name of a place can have.
3. ``word syllable+tone …``: words in which a character is read otherwise than by itself.

The readings of characters with several are chosen here, for the common ones, and checked against the package.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

OUT = Path(__file__).resolve().parents[2] / "resources" / "pinyin" / "readings.txt"
BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))

# first the reading that names of places have most often, then the others that they can have
SEVERAL = """
长chang,zhang 弄long,nong 厦sha,xia 重chong,zhong 单dan,shan,chan 六liu,lu 朝chao,zhao 乐le,yue,lao
行hang,xing,heng 曾zeng,ceng 都du,dou 堡bao,pu,bu 车che,ju 柏bai,bo 莘xin,shen 涡wo,guo 番fan,pan 莞guan,wan
洞dong,tong 会hui,kuai 浚jun,xun 铅qian,yan 解jie,xie 盛sheng,cheng 翟zhai,di 查cha,zha 仇qiu,chou 角jiao,jue
校xiao,jiao 藏cang,zang 尉wei,yu 蔚wei,yu 歙she,xi 薄bo,bao 屏ping,bing 汤tang,shang 调diao,tiao 贾jia,gu
圈quan,juan 壳ke,qiao 落luo,la,lao 陆lu,liu 绿lv,lu 率lv,shuai 脉mai,mo 泌mi,bi 牟mou,mu 娜na,nuo 瀑pu,bao
暴bao,pu 茄qie,jia 纤xian,qian 强qiang,jiang 覃qin,tan 塞sai,se 杉shan,sha 沈shen,chen 宿su,xiu 屯tun,zhun
巷xiang,hang 殷yin,yan 仔zi,zai 择ze,zhai 扎zha,za 轧zha,ya 澄cheng,deng 钿dian,tian 囤tun,dun 艾ai,yi
扁bian,pian 伯bo,bai 剥bo,bao 禅chan,shan 乘cheng,sheng 浒hu,xu 劲jin,jing 句ju,gou 龟gui,qiu,jun 胖pang,pan
乾qian,gan 栖qi,xi 蹊xi,qi 莎sha,suo 峙zhi,shi 圩wei,xu 栅zha,shan 著zhu,zhuo 幢zhuang,chuang 泷long,shuang
枞zong,cong 渑mian,sheng 柞zuo,zha 栎yue,li 沌dun,zhuan 筠yun,jun 犍qian,jian 荥xing,ying 繁fan,po 朴pu,piao
坻chi,di 珲hun,hui 宓mi,fu 隗wei,kui 埔pu,bu 郇xun,huan 蚌bang,beng 隽juan,jun 钥yao,yue 峒dong,tong
垌dong,tong 侗dong,tong 澹dan,tan 裨bi,pi 陂bei,pi,po
"""
# a character that is read otherwise in a word
WORDS = """
厦门xia2,men2 厦大xia2,da4 重型zhong4,xing2 重工zhong4,gong1 重点zhong4,dian3 重要zhong4,yao4 重机zhong4,ji1
起重qi3,zhong4 校长xiao4,zhang3 院长yuan4,zhang3 家长jia1,zhang3 局长ju2,zhang3 首长shou3,zhang3 成长cheng2,zhang3
行政xing2,zheng4 行知xing2,zhi1 知行zhi1,xing2 步行bu4,xing2 行宫xing2,gong1 笃行du3,xing2 力行li4,xing2 太行tai4,hang2
六安lu4,an1 六合lu4,he2 乐清yue4,qing1 音乐yin1,yue4 乐亭lao4,ting2 乐器yue4,qi4 单县shan4,xian4 朝夕zhao1,xi1
今朝jin1,zhao1 朝晖zhao1,hui1 朝霞zhao1,xia2 番禺pan1,yu2 东莞dong1,guan3 洪洞hong2,tong2 会稽kuai4,ji1 铅山yan2,shan1
大夫dai4,fu1 丽水li2,shui3 台州tai1,zhou1 天台tian1,tai1 浚县xun4,xian4 涡阳guo1,yang2 莘县shen1,xian4 西藏xi1,zang4
蚌埠beng4,bu4 瓦埠wa3,bu4 马鞍ma3,an1 张吴zhang1,wu2 十里堡shi2,li3,pu4 五里堡wu3,li3,pu4 八里堡ba1,li3,pu4
七里堡qi1,li3,pu4 三里堡san1,li3,pu4 二里堡er4,li3,pu4 都是dou1,shi4 调和tiao2,he2 调解tiao2,jie3 强强qiang2,qiang2
长子zhang3,zi3 绿林lu4,lin2 绿地lv4,di4 乘法cheng2,fa3 校场jiao4,chang3 尉犁yu4,li2 蔚县yu4,xian4 叶公ye4,gong1
"""
BESIDES = {"乐": ("lao",)}  # of 乐亭, which the package does not know
UNKNOWN: list[str] = []
MAIN_TONE = {"长": "chang2", "弄": "long4", "厦": "sha4", "重": "chong2", "朝": "chao2", "行": "hang2"}


def readings(text: str, *, several: bool) -> list[list[str]]:
    """Return readings with their tones as digits, ``v`` for ü."""
    style = Style.TONE3
    found: list[list[str]] = pinyin(
        text, style=style, heteronym=several, errors="ignore", neutral_tone_with_five=True
    )
    return found


def reading(character: str, wanted: str) -> str:
    """Return a reading of a character with its tone; fail if the package knows none such."""
    known = readings(character, several=True)
    found = [one for one in (known[0] if known else []) if one[:-1] == wanted]
    if not found and wanted not in BESIDES.get(character, ()):
        UNKNOWN.append(f"{character} is not read {wanted}: {known}")
    return found[0] if found else f"{wanted}4"


def main() -> None:
    """Write the table."""
    several = {item[0]: item[1:].split(",") for item in SEVERAL.split()}
    first: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    for low, high in BLOCKS:
        for character in map(chr, range(low, high + 1)):
            if character in several:
                wanted = several[character]
                main_one = MAIN_TONE.get(character) or reading(character, wanted[0])
                for other in wanted[1:]:
                    reading(character, other)
                    others[other].append(character)
            else:
                found = readings(character, several=False)
                main_one = found[0][0] if found and found[0] else ""
            if main_one and main_one[0].isascii() and main_one[0].isalpha():
                first[main_one].append(character)
    lines = [
        f"{said} {''.join(sorted(first[said], key=lambda c: c.encode('gb18030')))}" for said in sorted(first)
    ]
    lines += ["", *(f"{said} {''.join(sorted(others[said]))}" for said in sorted(others)), ""]
    for item in WORDS.split():
        place = next(n for n, c in enumerate(item) if c.isascii())
        word, said = item[:place], item[place:].split(",")
        for character, one in zip(word, said, strict=True):
            reading(character, one[:-1])
        lines.append(" ".join([word, *said]))
    if UNKNOWN:
        raise SystemExit("\n".join(UNKNOWN))
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{OUT.name}: {sum(map(len, first.values())):,} characters, {len(several)} with several readings")


if __name__ == "__main__":
    main()
