"""What an archive says to whoever opens it without this program: what lies where, in plain Chinese."""

from certificates.archive.manifest import Manifest

_TEXT = """竞赛存档

竞赛：{title}
来自：{address}（竞赛编号 {competition}，服务器标识 {server}，程序版本 {program}）

这个压缩包是一项竞赛的全部记录，用普通的解压软件和文本编辑器就能阅读，也可以导入另一台服务器。
文本一律是 UTF-8；时间是协调世界时（UTC），比北京时间早 8 小时；分数是十进制文字，与裁判所打的一字不差。

清单            manifest.json：格式与版本，来源，各表行数，每个文件的大小和 SHA-256，各赛项成绩能否由评分重新算出。
各表            tables/表名.jsonl：每行一条记录，写明列名；id 是原服务器的编号，其他表以“表名_id”引用它。
                常用的表：event 赛项，delegation 代表队，person 人员，entrant 参赛者，contestant 选手，judge 裁判，
                scheme_version 评分方案，score_sheet 评分表，sheet_revision 每次保存的评分，result_snapshot 和
                result_line 成绩，publication 公布，award 奖项，recommendation 晋级与荣誉标记，certificate 证书，
                appeal 申诉。
审计链          audit/chain.jsonl：何人何时做了什么，逐行以哈希相连，原样照录，共 {length} 条，
                末尾哈希 {end}
照片            photos/摘要.jpg：裁判附在评分表上的照片。
证书            certificates/摘要.pdf：生效的证书，与颁发时逐字节相同，摘要登记在 certificate 表的 digest 列。
文件            files/摘要：表中以摘要引用的文件，如版面图片、字体、印章图样、电子签名。
规则            packs/编号.yaml：竞赛所用的自编规则包。
更早的经历      earlier/序号/：此前在别的服务器上的清单、审计链和编号对照；没有换过服务器时没有这个文件夹。
个人信息        {personal}

没有放进来的：账号的口令、登录记录、裁判二维码和 PIN、签名私钥、后台任务、上传后未采用的报名表内容。
没有 certificates 文件夹时，证书文件可由 certificate 表的内容和 layout 表的版面在原系统或导入后的系统重新生成，
与颁发时逐字节相同。
"""
_SEALED = """personal.sealed 和 papers/ 用口令加密（scrypt、AES-256-GCM），内有证件号码、电话和选手提交的材料；
                没有口令谁也打不开，口令遗失无法找回。"""
_NOT = "证件号码、电话和选手提交的材料没有导出。"


def readme(manifest: Manifest) -> str:
    """The text of 说明.txt; it is the same for the same state, whenever it is written."""
    return _TEXT.format(
        title=manifest.title,
        address=manifest.address,
        competition=manifest.competition,
        server=manifest.server,
        program=manifest.program,
        length=manifest.chain_length,
        end=manifest.chain_end,
        personal=_NOT if manifest.lock is None else _SEALED,
    )
