"""Faults, rules, checks and messages in the words of an archive; what is missing here is shown by its own name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

GAP = "□"  # stands where nothing stands: a character lost, or taken out
STATUS = {"applied": "已改", "suggested": "建议", "flagged": "存疑"}
SIGN = {"applied": "改", "suggested": "议", "flagged": "疑"}  # beside the fault, for those who see no colour
CHECK = {"pass": "相符", "fail": "不符", "cannot_judge": "无法判断"}
KIND = {
    "shape_substitution": "形近误认", "substitution": "误字", "word_substitution": "误词", "code_point": "异码字", "variant": "异体字",
    "lost_character": "脱字", "lost_punctuation": "脱标点", "lost_line": "脱行", "lost_break": "脱换行", "intruder": "衍字",
    "inserted_punctuation": "衍标点", "junk": "杂字", "line_wrap_space": "多余空格", "split_code": "编码断开", "foreign_script": "乱码",
    "bracket": "文号括号", "dash": "连接号", "table_rule": "表格线误作字", "label": "栏目名", "mid_word_start": "起首残缺",
    "unbalanced_mark": "括号引号不配对", "unreadable": "无法辨读", "page_furniture": "页眉页脚", "mirror_noise": "转载痕迹", "seal": "印章遮盖",
    "merged_cells": "单元格粘连",
}  # fmt: skip
RULE = {
    "invisible_characters": "不可见字符，正文中不应有", "compatibility_ideographs": "形同而编码不同，改为通用汉字", "rare_twins": "公文不用的生僻字，与所改之字几乎同形",
    "table_rules": "表格竖线误作文字", "cell_edges": "单元格首尾的空格", "punctuation_spaces": "全角标点前后不空格", "han_spaces": "词句中间断开的空格",
    "split_codes": "去掉空格后是完整的项目编码", "split_phones": "去掉空格后是完整的电话号码", "number_brackets": "发文字号的年份用六角括号（GB/T 9704—2012）",
    "garbled_brackets": "发文字号的括号误读，应为六角括号（GB/T 9704—2012）", "unclosed_numbers": "发文字号的括号缺一半", "ranges": "年份之间应为连接号", "grouping": "千分位应为逗号",
    "doubled_stops": "两个标点连用，其一为衍", "gazetteer": "此地名不存在，与本件所涉地名一字之差", "labels": "表格栏目名的固定写法", "set_phrases": "固定提法",
    "lexicon": "合于词表中的用语", "quotes": "引号缺一半", "document_memory": "本件他处有相同语句可证", "language_model": "依上下文推断", "unreadable": "上下文均不通，且无可信的改法",
    "foreign_script": "公文不用的文字", "control_characters": "控制字符", "units": "数值之后应为计量单位", "watermarks": "扫描软件或文库网站的水印",
    "lost_item_marks": "同列各项之前均有标点", "lost_breaks": "条目另起一行", "merged_cells": "两个栏目应分属两格", "numbering_holes": "序号不连续，此处可能脱文",
    "mid_word_starts": "起首不成句，此前可能脱行", "unbalanced_marks": "括号或引号不成对", "mirror_noise": "转载网站留下的痕迹",
    "pinyin_glosses": "转载网站注入的拼音", "ornaments": "排版装饰，不属正文",
}  # fmt: skip
TEST = {
    "required_fields": "必填项", "sources_sum": "资金来源合计", "items_sum": "分项合计", "funds_sum": "资金合计", "details_sum": "明细合计",
    "budget_within_total": "年度预算不超总额", "cost_equals_budget": "成本指标与预算", "dates_in_order": "日期先后", "dates_in_year": "日期在年度内",
    "phone": "电话号码", "percent_bounds": "百分比范围", "operators": "指标值符号", "tree_complete": "指标体系完整", "project_code": "项目编码", "area_code": "行政区划代码",
    "numbering": "序号连续", "pairs": "括号引号配对", "document_number": "发文字号", "title_form": "标题格式", "closing_phrase": "结语",
    "credit_code": "统一社会信用代码", "identity_number": "公民身份号码", "cited_numbers": "引用文号", "amount_words": "金额大小写",
    "date_ranges": "起止时间", "deadline": "办理期限", "words_present": "必备内容", "parts_sum": "分项之和", "stated_sums": "文中合计与增减",
    "fee_rate": "服务费率", "amounts_in_order": "金额不超限", "column_sum": "列表合计与总额", "table_sums": "表内列合计", "table_across": "表内行合计",
    "table_text": "文表一致", "totals_equal": "收支平衡", "row_products": "数量乘单价", "scores": "得分与总分", "targets": "得分与目标", "weights_sum": "分值合计",
    "execution_rate": "预算执行率", "ratios": "百分比复算", "sangong_sum": "“三公”经费合计",
}  # fmt: skip
TABLE = {
    "documents": "文件：每件一行", "edits": "讹误：每处一行", "fields": "栏目：每个字段一行", "indicators": "绩效指标：每条一行",
    "entities": "实体：每处一行", "checks": "核对：每项一行", "quality": "估计差错：每件及其各部分、各栏目一行",
}  # fmt: skip
TYPE = {
    "text": "文字", "money": "金额", "date": "日期", "year": "年度", "period": "期限", "phone": "电话", "code": "编码", "person": "姓名",
    "organisation": "机构", "choice": "选项", "document_number": "字号", "place": "地名", "number": "数值", "table": "表格",
}  # fmt: skip

Clauses = Sequence[tuple[re.Pattern[str], str]]


def _compiled(pairs: Mapping[str, str]) -> Clauses:
    return [(re.compile(pattern), words) for pattern, words in pairs.items()]


# The commonest clauses of `why`, for readers who have no English; another clause stands as it is.
EVIDENCE = _compiled({
    r"(.+) ×(\d+) elsewhere in this document": r"“\1”另见本件 \2 处",
    r"(.+) ×(\d+) in this document": r"“\1”见于本件 \2 处",
    r"completes a term of the lexicon": "补足词表用语",
    r"language model ×10\^(\S+) forward, ×10\^(\S+) backward": r"语言模型：顺读 10^\1 倍，逆读 10^\2 倍",
    r"(\S+) looks like (\S+) \((\S+)\)": r"“\1”与“\2”形近（\3）",
    r"nothing (?:opens|closes) (\S) in this cell": r"“\1”在本格内不成对",
    r"“(.+)” is not expected here from either side, and no reading stands out": r"“\1”与上下文均不相接，又无突出的改法",
    r"the year of a document number stands in 〔〕 \((.+?) §7\.2\.5\)": r"发文字号的年份用六角括号（\1，7.2.5）",
    r"this page prints them elsewhere": "本件他处即用六角括号",
    r"these two do not pair": "两个括号不成对",
    r"(.) before the document number is not closed behind it": r"文号前的“\1”在文号后没有另一半",
    r"one of the two is a stray mark": "其一为误读",
    r"(\S+) never stands in print": r"“\1”不应连用",
    r"between two figures stands a dash, no numeral": "两个数字之间应为连接号，不是数字",
    r"a vertical rule of the form, read as a character": "表格竖线误认为文字",
    r"a space inside running prose, as a line wrap leaves it": "行末折行留下的空格",
    r"a space at the edge of a table cell is the engine's": "单元格首尾的空格为识别所加",
    r"full-width punctuation brings its own space": "全角标点本身已含空白",
    r"(\S+) runs on across the space \(P = (\S+)\)": r"“\1”隔着空格而文意相连",
    r"without the space a project code of (\d+) characters: area (\d+), year (\d+)": r"去掉空格后为 \1 位项目编码：区划 \2，年份 \3",
    r"without the space a telephone number of (\d+) digits": r"去掉空格后为 \1 位电话号码",
    r"(\S+) is not used in official text": r"公文不用“\1”字",
    r"it is printed almost like (\S+) \(twins\.tsv\)": r"印出来与“\1”几乎同形",
    r"U\+(\w+) is the compatibility form of (\S) \(U\+(\w+)\)": r"U+\1 是“\2”（U+\3）的兼容码位",
    r"invisible: (.+)": r"不可见字符 \1",
    r"not a character of any text: (.+)": r"不是文字的码位 \1",
    r"the watermark of a scanning program or document site": "扫描软件或文库网站的水印",
    r"pinyin with a tone mark inside a sentence: put there by a copying site": "句中夹有带调拼音，为转载网站所加",
    r"no Chinese office prints this script": "我国机关公文不用此种文字",
    r"(\S+) is followed by (\S+): text may be lost here": r"“\1”之后即为“\2”，此处可能脱文",
    r"(\S+) stands twice: text may be lost here": r"“\1”重出，此处可能脱文",
    r"(\S+) without (\S+) before it: text may be lost here": r"有“\1”而此前无“\2”，此处可能脱文",
    r"(\S+) is followed by (\S+)": r"“\1”之后即为“\2”",
    r"no cell begins with (\S): its first line may be lost": r"单元格不应以“\1”起首，首行可能脱落",
    r"elsewhere on this page (.+) stands before (.+): the first line of this cell may be lost": r"本件他处“\2”之前有“\1”，本格首行可能脱落",
    r"(\S+) is a township of (\S+)": r"\1为\2所辖乡镇",
    r"(\S+) in no gazetteer": r"“\1”不见于地名录",
    r"project code (\d+) is (\S+)": r"项目编码 \1 即\2",
    r"(\S+) stands (\d+) times in the text": r"“\1”见于正文 \2 处",
    r"(\S+) and (\S+) are two columns": r"“\1”与“\2”为两栏",
    r"(.+) is a label, its value another cell": r"“\1”为栏目名，其值应另占一格",
    r"the form's label (\S+); (\S+) is none": r"表格栏目名为“\1”",
    r"the form's label (\S+)": r"表格栏目名为“\1”",
    r"behind a number stands a unit": "数值之后应为计量单位",
    r"(\S+) is none, and looks like (\S+)": r"“\1”不是单位，与“\2”形近",
    r"(\S+) is none": r"“\1”不是",
    r"a list begins here, and its second item follows": "条目由此起，下文即第二条",
    r"(\S+)是 before it follows (\S+)": r"前面“\1是”之前为“\2”",
    r".*“(.+)” is a set phrase, the only one that begins .*": r"“\1”为固定提法，别无其他",
})  # fmt: skip
# What the checks say; the values keep their own form.
MESSAGES = _compiled({
    r"empty on the page: (.+)": r"有栏而无内容：\1",
    r"not found, or said in other words: (.+)": r"未读到，或另有写法：\1",
    r"(\d+) required fields have values": r"\1 个必填项均有内容",
    r"no indicator table was read": "未读到指标表",
    r"no row stands under (.+)": r"\1之下没有指标",
    r"all of (.+) have rows": r"\1之下均有指标",
    r"the sources make the total: (.+)": r"各来源合于总额：\1",
    r"the sources exceed the total by (.+)": r"各来源之和超出总额 \1",
    r"the sources named do not make the total": "所列来源之和不等于总额",
    r"some may not be named": "可能未列全",
    r"no total to hold the items against": "没有可对照的总额",
    r"the items make the total of (.+)": r"各项之和合于总额 \1",
    r"the items exceed the total of (\S+) by (\S+)": r"各项之和超出总额 \1，多出 \2",
    r"the items make (\S+) of (\S+): (\S+) short": r"各项之和 \1，总额 \2，差 \3",
    r"the items make (\S+) of (\S+)": r"各项之和 \1，总额 \2",
    r"items (.+) have no sum": r"第 \1 项没有金额",
    r"item (\d+) has no sum": r"第 \1 项没有金额",
    r"lost has no sum": "有一项脱落",
    r"the numbering lacks (.+)": r"序号缺 \1",
    r"a line is lost in the text": "正文有脱行",
    r"the details make the total of (.+)": r"明细之和合于总额 \1",
    r"the details make (\S+), (\S+) less than the total": r"明细之和 \1，比总额少 \2",
    r"the details make (\S+), (\S+) more than the total": r"明细之和 \1，比总额多 \2",
    r"rows with several numbers, or no total to hold them against": "行内有多个数字，或没有可对照的总额",
    r"the funds make the total": "各项资金之和合于总额",
    r"a part of the funds exceeds the total": "有一项资金大于总额",
    r"the funds do not make the total": "各项资金之和不等于总额",
    r"(\S+) and (\S+) cannot be read in one unit": r"\1与\2的单位不一，无法比较",
    r"(\S+) is within (\S+)": r"\1未超过\2",
    r"(\S+) exceeds (\S+)": r"\1超过\2",
    r"(.+) is the budget": r"“\1”即预算数",
    r"(.+) may be more than the budget": r"“\1”可以大于预算数",
    r"(.+) is not the budget": r"“\1”与预算数不符",
    r"a date cannot be read": "日期无法读出",
    r"only the years are given": "只有年份",
    r"(\S+) is not after (\S+)": r"\1 不晚于 \2",
    r"(\S+) is after (\S+)": r"\1 晚于 \2",
    r"both dates lie in (\d+)": r"起止日期均在 \1 年度内",
    r"(\S+) to (\S+) lies outside (\d+)": r"\1 至 \2 不在 \3 年度内",
    r"(.+): (\S+) to (\S+) covers (\d+)": r"\1：\2 至 \3 包含 \4 年度",
    r"a 当年项目 reaches beyond (\d+)": r"当年项目而超出 \1 年度",
    r"(\S+) to (\S+) reaches beyond (\d+)": r"\1 至 \2 超出 \3 年度",
    r"the kind of project does not tell whether it may": "由项目类别看不出是否允许",
    r"(\d+) characters: area (\d+), year (\d+)": r"共 \1 位，区划 \2，年份 \3",
    r"the code's year (\d+) is after (\d+)": r"编码中的年份 \1 晚于 \2 年度",
    r"the code has (\d+) characters where (\d+) belong": r"编码为 \1 位，应为 \2 位",
    r"the code has a letter among the digits": "编码的数字中混有字母",
    r"a code of another system": "属另一套编码",
    r"(\d+): no area has the code": r"\1：没有这一区划代码",
    r"its prefecture may use it for itself": "或为所属地市自用",
    r"(\d+): no area has or had the code": r"\1：现今与历史上均无此区划代码",
    r"(\d+) is (\S+), named (\d+) times": r"\1 即\2，文中见 \3 次",
    r"(\d+) is (\S+), which the text does not name": r"\1 即\2，而文中未见",
    r"(\S+) has (\d+) characters where 18 belong": r"\1 为 \2 位，应为 18 位",
    r"(\S+) holds (\S+), which no code has": r"\1 中有代码不用的 \2",
    r"the check digit fits": "校验码相符",
    r"the check digit does not fit": "校验码不符",
    r"not 17 digits and a check digit": "不是 17 位数字加校验码",
    r"the date of birth is none": "出生日期不成立",
    r"agency, year and serial cannot be told apart": "机关代字、年份、序号无从分辨",
    r"the serial (\d+) begins with 0": r"序号 \1 不应以 0 起首",
    r"well formed": "格式正确",
    r"no date to hold it against": "没有成文日期可对照",
    r"well formed, of (\d+) as the date": r"格式正确，与成文日期同为 \1 年",
    r"numbered in the year before, dated in January": "字号为上一年，成文在一月",
    r"numbered in (\d+), dated (\S+)": r"字号年份为 \1，成文日期为 \2",
    r"the title ends in no kind of letter": "标题末尾不是公文文种",
    r"the title ends in (.+)": r"标题文种为“\1”",
    r"closes as a (\S+)": r"结语合于“\1”",
    r"a (\S+) that closes as a (\S+)": r"文种为“\1”而用“\2”的结语",
    r"no closing phrase of a (\S+) was found": r"未见“\1”的结语",
    r"every bracket and title mark has its pair": "括号、书名号、引号均成对",
    r"(?s)(\d+) marks without a pair: (.+)": r"\1 个符号不成对：\2",
    r"(\S+) and (\S+) count without hole": r"“\1”“\2”两级序号连续",
    r"(\S+) count without hole": r"“\1”序号连续",
    r"after (\S+) comes (\S+)": r"“\1”之后即为“\2”",
    r"at the beginning comes (\S+)": r"起首即为“\1”",
    r"(.+) is (\S+)%, beyond 0–100: (\S+) read as (\S+) is likely": r"“\1”为 \2%，超出 0–100；原件可能是 \3，误读为 \4",
    r"(.+) is (\S+)%, beyond 0–100": r"“\1”为 \2%，超出 0–100",
    r"(\d+) rates lie between 0 and 100": r"\1 个百分比均在 0–100 之间",
    r"(\d+) rows have ≥, ≤, = or no sign": r"\1 条指标的符号为 ≥、≤、＝ 或没有符号",
    r"> or < where forms print ≥ and ≤: (.+)": r"符号读作 > 或 <，表格一般印作 ≥、≤，请对照原件：\1",
    r"other rows of this page with ≥ or ≤: (\d+)": r"本件另有 \1 条指标用 ≥ 或 ≤",
    r"a first digit that may be a misread ≥: (.+)": r"首位数字可能是 ≥ 的误读，请对照原件：\1",
    r"(\S+) is well formed": r"\1 格式正确",
    r"a local number without its area code": "本地号码，没有区号",
    r"(.+) has no form of a telephone number": r"\1 不成电话号码",
    r"(\d+) telephone numbers are well formed": r"\1 个电话号码格式正确",
    r"the text there is in doubt": "该处文字存疑",
    r"(\d+) sums of tables are right": r"表内 \1 处合计无误",
    r"(.+) is (\S+), its parts make (\S+)": r"\1为 \2，各项之和为 \3",
    r"(\d+) more": r"另有 \1 处",
    r"a figure of (.*) cannot be read": r"“\1”有一个数字无法读出",
    r"a figure under (\S+) cannot be read": r"“\1”列有一个数字无法读出",
    r"(.+) differs by (\S+)": r"\1相差 \2",
    r"rounding may explain it": "或因四舍五入",
    r"it may not be their sum": "未必是各项之和",
    r"it may be an excerpt": "或为节选",
    r"(.+) and (.+) may be of different tables": r"\1与\2未必属同一张表",
    r"the amounts may not be quantity by price: (.+)": r"金额未必是数量与单价之积：\1",
    r"(\d+) pairs of totals are equal": r"\1 对总计相等",
    r"(\S+) (\S+) is not (\S+) (\S+)": r"\1 \2 不等于 \3 \4",
    r"(\d+) rows multiply": r"\1 行数量与单价之积无误",
    r"a product does not fit: (.+)": r"数量与单价之积不符：\1",
    r"(\d+) sums of the text stand in the tables": r"文中 \1 个数与表一致",
    r"(\S+) is (\S+) in the text, (\S+) in the table": r"\1：文中为 \2，表中为 \3",
    r"the rows under (\S+) make (\S+), which is no total": r"“\1”列之和为 \2，与总额不符",
    r"the rows under (\S+) make (\S+)": r"“\1”列之和为 \2，合于总额",
    r"no total in the unit of the rows": "没有同一单位的总额可对照",
    r"(\d+) marks make the total of (\S+)": r"\1 项得分合于总分 \2",
    r"the marks make (\S+) of (\S+)": r"各项得分之和为 \1，总分为 \2",
    r"(.+) has (\S+) of (\S+)": r"“\1”得 \2 分，分值为 \3",
    r"no total of the marks was read": "未读到总分",
    r"a mark of (.+) cannot be read": r"“\1”的得分无法读出",
    r"(.+): (.+) misses (.+) and has full marks": r"“\1”实际 \2，未达 \3 而得满分",
    r"(\d+) marks fit their targets": r"\1 项得分与目标完成情况相符",
    r"a weight cannot be read": "有一个分值无法读出",
    r"(\d+) weights make (\S+)": r"\1 项分值合计 \2",
    r"the weights make (\S+), not (\S+)": r"分值合计 \1，应为 \2",
    r"the weights of (\S+) make (\S+)": r"“\1”之下分值合计为 \2",
    r"(\d+) rates are 执行数 by 预算数": r"\1 个执行率计算无误",
    r"a rate of (.+) cannot be read": r"“\1”的执行率无法读出",
    r"(\S+) of (\S+) is (\S+)%, not (\S+)%": r"\1 比 \2 为 \3%，写作 \4%",
    r"(\d+) percents fit the sums beside them": r"\1 个百分比与所附数额相符",
    r"(.+) = (\S+)%, not (\S+)%": r"\1 = \2%，写作 \3%",
    r"(\d+) sums made in sentences are right": r"文中 \1 处合计、增减无误",
    r"(.+) is not so": r"“\1”不成立",
    r"the sources make (\S+) of (\S+): (\S+) short": r"各来源之和 \1，总额 \2，差 \3",
    r"(\d+) sums in words are those in figures": r"\1 处大写金额与小写一致",
    r"(\S+) is (\S+)元, beside (\S+)元": r"大写 \1 为 \2 元，小写为 \3 元",
    r"a sum in words has no figures beside it, or cannot be read": "大写金额没有小写可对照，或无法读出",
    r"words are missing: (.+)": r"缺少：\1",
    r"(\d+) required wordings are there": r"\1 项必备内容均在",
    r"(\d+) days from (\S+) to (\S+), (\d+) allowed": r"\2至\3 \1 日，限 \4 日",
    r"(\S+) is before (\S+)": r"\1早于\2",
    r"(\d+) periods begin before they end": r"\1 处起止时间先后正确",
    r"(.+) ends before it begins": r"“\1”止于起始之前",
    r"(\d+) document numbers are well formed and not of a later year": r"\1 个文号格式正确，年份不晚于本件",
    r"(\S+) is cited in (\d+)": r"\2 年的文件引用了\1",
    r"(\S+) is later than every date of the text": r"\1晚于文中所有日期",
    r"(\S+) is (\S+)% of (\S+), not (\S+)": r"\3的 \2% 为 \1，写作 \4",
    r"(\S+) is (\S+)% of (\S+)": r"\1 为\3的 \2%",
    r"the parts make (\S+)": r"各部分合于\1",
    r"the parts of (\S+) make (\S+) of (\S+)": r"\1各部分之和为 \2，应为 \3",
    r"(\S+) and its parts cannot be read in one unit": r"\1与各部分单位不一，无法比较",
    r"(\S+) cannot be read": r"\1无法读出",
    r"(\d+) is (\S+), which the text does not name; (\S+) is (\d+)": r"\1 即\2，而文中未见；\3为 \4",
    r"(\S+县|\S+市|\S+区|\S+旗) is (\d{6})": r"\1为 \2",
})  # fmt: skip
# The names of a check's numbers: `total 17.6万元; items 1: 5万元, 2: ?`.
VALUES = _compiled({
    r"total (.*)": r"总额 \1", r"totals (.*)": r"总额 \1", r"sources (.*)": r"来源 \1", r"sum (.*)": r"合计 \1", r"parts (.*)": r"分项 \1",
    r"details (.*)": r"明细 \1", r"items (.*)": r"各项 \1", r"code (.*)": r"编码 \1", r"length (.*)": r"位数 \1", r"year (.*)": r"年度 \1",
    r"place (.*)": r"地区 \1", r"named (.*)": r"文中 \1 次", r"count (.*)": r"\1 处", r"missing (.*)": r"缺 \1", r"empty (.*)": r"空 \1", r"required (.*)": r"必填 \1",
    r"nodes (.*)": r"已有 \1", r"number (.*)": r"字号 \1", r"title (.*)": r"标题 \1", r"date (.*)": r"日期 \1", r"kind (.*)": r"文种 \1",
    r"closing (.*)": r"文末 \1", r"phone (.*)": r"电话 \1", r"digits (.*)": r"位数 \1", r"formula (.*)": r"算式 \1",
    r"rows (.*)": r"各行 \1", r"marks (.*)": r"得分 \1", r"weights (.*)": r"分值 \1", r"mark (.*)": r"得分 \1", r"target (.*)": r"目标 \1", r"actual (.*)": r"实际 \1", r"weight (.*)": r"分值 \1",
    r"figures (.*)": r"小写 \1", r"period (.*)": r"起止 \1", r"passed (.*)": r"已用 \1 日", r"days (.*)": r"限 \1 日", r"table (.*)": r"表中 \1",
    r"rate (.*)": r"费率 \1", r"wrong (.*)": r"不符 \1", r"item (\d+) (.*)": r"第 \1 项 \2", r"lost (.*)": r"脱落之项 \1",
})  # fmt: skip


def evidence(why: str) -> str:
    """Return an edit's evidence in Chinese: `去 looks like 法 (0.4)` → “去”与“法”形近（0.4）."""
    return _translated(why, EVIDENCE)


def message(text: str) -> str:
    """Return a check's message in Chinese: `a date cannot be read` → 日期无法读出."""
    return _translated(text, MESSAGES)


def values(text: str) -> str:
    """Return a check's numbers, as the table of checks has them, with Chinese names: `total 5万元; sum 4万元` → 总额 5万元；合计 4万元."""
    return _translated(text, VALUES)


def rules(name: str) -> str:
    """Return the rules of an edit in Chinese; several are joined by + in the tables: `han_spaces+lexicon`."""
    return "；".join(RULE.get(rule, rule) for rule in name.split("+"))


def _translated(text: str, clauses: Clauses) -> str:
    return "；".join(_clause(clause, clauses) for clause in text.split("; "))


def _clause(text: str, clauses: Clauses) -> str:
    for pattern, words in clauses:
        match = pattern.fullmatch(text)
        if match:
            return match.expand(words)
    return text
