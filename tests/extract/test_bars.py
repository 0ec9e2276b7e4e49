"""Rows whose cells stand between bars are read as rows, in a form and in a letter."""

import jiaokan

AWARD = """浮梁县农村饮水工程成交结果公告
{0}项目编号{0}FL2023-CS-018{0}
{0}项目名称{0}浮梁县农村饮水工程{0}
{0}成交供应商{0}江西渠源水利工程有限公司{0}
{0}成交金额{0}862,000元{0}
{0}评审专家名单{0}石霁、吴本初、尹立{0}
浮梁县水利局
2023年6月8日"""
READ = {
    "项目编号": "FL2023-CS-018",
    "项目名称": "浮梁县农村饮水工程",
    "供应商名称": "江西渠源水利工程有限公司",
    "中标金额": "862,000元",
    "评审专家名单": "石霁、吴本初、尹立",
    "发文机关署名": "浮梁县水利局",
    "成文日期": "2023年6月8日",
}


def test_a_letter_between_bars_reads_as_one_between_tabs():
    for bar in "│|｜\t":
        text = AWARD.format(bar)
        document = jiaokan.clean(text)
        assert {label: field.value for label, field in document.fields.items()} == READ
        assert not [edit for edit in document.applied if edit.before.strip("\t")]
