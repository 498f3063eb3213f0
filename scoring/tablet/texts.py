"""The sentences of the judge's device, translated on the server and handed to the page as data."""

from flask_babel import gettext as _


def tablet_texts(*, is_coded: bool = False) -> dict[str, str]:
    """Key to sentence, in the reader's language; ``{x}`` is filled in by the page.

    Args:
        is_coded: whether what is marked is called by the codes of works.
    """
    called = {"draw_number": _("作品编码"), "contestant": _("作品 {n}")} if is_coded else {}
    return (
        _status()
        | _list()
        | _sheet()
        | _entry()
        | _submitting()
        | _clashes()
        | _jury()
        | _watch()
        | _clock()
        | _hand_over()
        | called
    )


def _status() -> dict[str, str]:
    return {
        "kept": _("已存本机"),
        "waiting": _("等待上传 {n}"),
        "received": _("已收到"),
        "offline": _("无网络"),
        "signed_out": _("登录已失效，分数仍存在本机；请重新登录后上传"),
        "signed_out_empty": _("登录已失效，请重新登录后再评分；已评的分数都已收到"),
        "signed_out_photos": _("登录已失效，分数都已收到，照片仍存在本机；请重新登录后上传"),
        "photos_unsent": _("照片待传 {n}"),
        "twin": _("另有 {n} 台设备登录"),
        "other_judge": _("本机登录了另一位裁判；您的分数仍存在本机，请重新登录后上传"),
        "covered": _("这台设备上的登录换了"),
        "covered_why": _(
            "{name}的评分表已经遮住，不给别人看。没有上传的分数和照片仍存在本机：由{name}本人在这台设备上重新登录后，这里自动恢复并上传。"
        ),
        "covered_open": _("打开现在登录的页面"),
        "server_trouble": _("服务器暂时不能保存，正在重试"),
        "storage_failed": _("本机无法保存！请不要关闭此页，并立即告诉组织者"),
        "saving": _("正在存入本机"),
        "sign_in": _("重新登录"),
        "signing_out_unsent": _("还没有上传：{what}。退出后留在本机，由您本人再次登录才能上传。确定退出吗？"),
        "unsent_saves": _("{n} 次保存"),
        "unsent_submissions": _("{n} 次提交"),
        "unsent_presses": _("{n} 次计时"),
        "unsent_photos": _("{n} 张照片"),
        "unsent_changes": _("{n} 处照片改动"),
        "and": _("、"),
        "left_behind": _("这台平板上还有别的裁判没有上传的：{what}。须由本人登录后上传，请告诉裁判长。"),
    }


def _list() -> dict[str, str]:
    return {
        "my_sheets": _("我的评分表"),
        "no_sheets": _("还没有分给您的评分表。抽签和评分方案确定后，这里会列出您要评的选手。"),
        "submitted_count": _("已提交 {done} / {all}"),
        "begin": _("开始评分"),
        "go_on": _("继续评分"),
        "left_count": _("还有 {n} 张没有提交"),
        "finished": _("已完成"),
        "sheets_count": _("{n} 张"),
        "all_finished": _("您的评分表都已提交"),
        "all_finished_then": _("右上角显示“已收到”后，可以收起或交还平板。被退回或需重评的会再列在这里。"),
        "open": _("评分中"),
        "untouched": _("未评"),
        "submitted": _("已提交"),
        "confirmed": _("已确认"),
        "returned": _("已退回"),
        "to_submit": _("评完，待提交"),
        "marked_count": _("{done} / {all} 项"),
        "draw_number": _("抽签号"),
        "absent": _("缺考"),
        "withdrawn": _("弃权"),
        "disqualified": _("取消资格"),
        "back": _("全部评分表"),
        "install": _("可把本页添加到主屏幕，断网时也能打开"),
        "plain_http": _("当前为普通 HTTP：断网后请勿关闭或刷新本页，已存本机的分数不会丢失"),
    }


def _sheet() -> dict[str, str]:
    return {
        "total": _("本表合计"),
        "of": _("满分 {max}"),
        "not_marked": _("未评"),
        "next_contestant": _("下一位"),
        "previous_contestant": _("上一位"),
        "undo": _("撤销"),
        "undone": _("已撤销：{label}"),
        "note": _("备注"),
        "note_for": _("“{label}”的备注"),
        "done": _("完成"),
        "doubt": _("有疑问"),
        "doubt_why": _("疑问是什么？"),
        "doubt_words": "|".join([_("看不清楚"), _("标准不明确"), _("测量有争议"), _("疑似违规")]),
        "doubt_write": _("写一句"),
        "doubt_wordless": _("有疑问、还没有说为什么：{codes}。可以照样提交；说一句，裁判长才好答复。"),
        "points": _("分"),
        "returned_by": _("{by}于 {at} 退回"),
        "unlocked_by": _("{by}于 {at} 解锁"),
        "returned_here": _("裁判长退回"),
        "returned_because": _("理由：{reason}"),
        "returned_open": _("全部项目都可以改；上一次的提交和签名不再有效，改好请重新签名、按住提交。"),
        "remarks": _("备注与疑问"),
        "photo_count": _("照片 {n}"),
        "contestant": _("{n} 号选手"),
    }


def _entry() -> dict[str, str]:
    return {
        "clear": _("清除"),
        "erase": _("退格"),
        "next": _("下一项"),
        "half": _("＋½"),
        "yes": _("是"),
        "no": _("否"),
        "none_deducted": _("不扣分"),
        "all_clean": _("无扣分"),
        "all_clean_traps": _("均未触犯"),
        "all_clean_both": _("无扣分、未触犯"),
        "unsaid": _("尚未记扣分"),
        "nothing_said": _("没有扣分记录"),
        "say_first": _("先记扣分或确认无扣分"),
        "noted_count": _("已记 {n} 项"),
        "triggered": _("触犯"),
        "not_triggered": _("未触犯"),
        "range": _("{low} 至 {high}"),
        "at_least": _("不小于 {low}"),
        "at_most": _("不大于 {high}"),
        "step": _("每档 {step}"),
        "time_form": _("写作 分:秒，如 29:50；不写冒号按秒计"),
        "time_read": _("按秒计，即 {clock}（分:秒）"),
        "out_of_range": _("{text} 超出范围，应为 {range}"),
        "off_step": _("{text} 不合步长，应为 {step} 的整数倍"),
        "not_a_number": _("“{text}”不是数字"),
        "rule": _("计分"),
        "keypad": _("数字键盘"),
        "level": _("{n} 分"),
    }


def _submitting() -> dict[str, str]:
    return {
        "hold_to_submit": _("按住提交"),
        "still_missing": _("还差 {n} 项"),
        "submit_queued": _("已提交，等待上传"),
        "submitted_at": _("已于 {at} 提交"),
        "confirmed_at": _("已于 {at} 由裁判长确认"),
        "read_only": _("评分表已提交，不能再改；如需修改，请裁判长退回"),
        "judge": _("裁判"),
        "sign_here": _("裁判请用手指在框内签名"),
        "sign_again": _("重签"),
        "contestant_sign_here": _("请选手在框内签名"),
        "contestant_refusal": _("选手不签的，写明原因"),
        "contestant_missing": _("还差选手签名"),
        "judge_missing": _("还差裁判签名"),
        "photo": _("照片"),
        "photos_waiting": _("（待传 {n}）"),
        "photo_nth": _("第 {n} 张照片"),
        "photo_move": _("改到另一项"),
        "photo_back": _("撤回照片"),
        "photo_sure": _("确定撤回"),
        "photo_unreadable": _("这张照片无法读取，请重拍"),
    }


def _clashes() -> dict[str, str]:
    return {
        "clash_title": _("同一张评分表有两份分数"),
        "clash_text": _("另一台设备已先保存。两份都没有丢失，请选择以哪一份为准；您的选择会记入审计记录。"),
        "mine": _("本机的分数"),
        "theirs": _("服务器上的分数"),
        "keep_mine": _("以本机为准"),
        "keep_theirs": _("以服务器为准"),
        "aspect": _("评分项"),
        "late_title": _("评分表已关闭，以下分数没有计入"),
        "late_text": _("这些分数已报给服务器留存，裁判长可以查看。请告诉裁判长。"),
        "understood": _("知道了"),
        "refused_title": _("有分数未被接受"),
        "gone_title": _("评分表已重新生成或改派，这些分数没有计入"),
        "gone_text": _(
            "组织者换了评分方案、裁判组、抽签或作品编码。请先照着这些分数评到新的评分表上，再点“知道了”，点了以后这里不再显示；不再由您评的，请告诉裁判长。"
        ),
        "not_handed_in": _("没有提交成功"),
        "not_handed_in_text": _("分数都已收到，一个也没有丢。按上面写的办好，再按住提交一次。"),
    }


def _hand_over() -> dict[str, str]:
    return {
        "handover_title": _("断网交接"),
        "handover_empty": _("没有等待上传的分数、计时和照片，不用交接。"),
        "handover_about": _("本机还没有上传：{what}。网络一直没有恢复时，把它们交给裁判长读入。"),
        "handover_safe": _(
            "交接后分数、计时和照片仍留在本机；以后连上网照常上传，不会重复。请等裁判长确认读入后再交还平板。"
        ),
        "handover_bare": _("二维码里没有照片：照片只随文件交出。"),
        "handover_part": _("第 {i} 份（共 {n} 份）"),
        "handover_file": _("存成文件"),
        "handover_seat": _("席位{n}"),
        "handover_saved": _("已存成文件 {name}，在平板的“下载”里。请交给裁判长，读入以后再删除。"),
        "handover_codes": _("显示二维码"),
        "handover_place": _("第 {first}–{last} 张，共 {n} 张"),
        "handover_place_one": _("第 {first} 张，共 {n} 张"),
        "handover_how": _("请裁判长打开“评分”里的“断网交接”，把每一张拍下来或用摄像头扫。"),
        "back_to_choice": _("返回"),
        "handover_code": _("第 {n} 张二维码"),
        "handover_before": _("上一页"),
        "handover_after": _("下一页"),
        "handover_turn": _("逐张播放"),
        "handover_still": _("停止播放"),
    }


def _jury() -> dict[str, str]:
    return {
        "problem": _("待您处理"),
        "again": _("需重评"),
        "vote_again": _("裁判长请您重新评议："),
        "own_vote": _("您上一轮：{vote}"),
        "answered": _("裁判长答复："),
        "aspect_closed": _("本项已提交，不能更改；这张评分表只开放需重评的项目。"),
        "reopened": _("请重评标出的项目，再按住提交；其余已提交的分数不变。"),
        "passed_on": _("“{place}”的席位已于 {at} 由别的裁判接替。没有提交的 {n} 张已转交；您提交过的仍然有效。"),
        "passed_on_vacant": _("“{place}”的席位已于 {at} 空出。没有提交的 {n} 张不再由您评；您提交过的仍然有效。"),
        "taken_over": _("这张评分表由您接替，已有的分数是前一位裁判评的，请逐项核对。"),
    }


def _clock() -> dict[str, str]:
    return {
        "clock": _("全场计时"),
        "clock_batch": _("第 {n} 批"),
        "clock_no_batch": _("未编批次"),
        "clock_idle": _("未开始"),
        "clock_left": _("还剩 {time}"),
        "clock_over": _("超过规定时间 {time}"),
        "clock_elapsed": _("已用"),
        "clock_all": _("全体"),
        "clock_press": _("{whom}{word}"),
        "clock_some": _("所选 {n} 人"),
        "clock_stop": _("结束"),
        "clock_stopped": _("已结束"),
        "clock_for": _("对：{whom}"),
        "clock_choose": _("点选手可选择；不选即对全体"),
        "clock_refused": _("没有计入的计时：{why}"),
        "clock_time": _("全场计时：{time}"),
        "clock_runs": _("全场计时中：{time}"),
        "clock_take": _("采用"),
        "clock_credit": _("补时 {time}"),
        "clock_station": _("工位 {n}"),
    }


def _watch() -> dict[str, str]:
    return {
        "watch": _("秒表"),
        "timing": _("计时中"),
        "watch_start": _("开始"),
        "watch_pause": _("暂停"),
        "watch_resume": _("继续"),
        "watch_stop": _("停止"),
        "watch_unstop": _("误停，接着计时"),
        "watch_credit": _("补时"),
        "watch_clear": _("作废重计"),
        "watch_is_running": _("计时中"),
        "watch_is_paused": _("已暂停"),
        "watch_is_stopped": _("已停止"),
        "watch_credited": _("已扣除补时 {time}"),
        "watch_reason": _("理由"),
        "watch_credit_wants": _("请填补时的时间和理由"),
        "watch_wants_reason": _("请写明理由"),
        "minutes": _("分钟"),
        "seconds": _("秒"),
        "cancel": _("取消"),
    }
