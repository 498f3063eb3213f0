"""Characters of real names that fonts often lack: from the basic block and from Extensions A to E."""

RARE_NAMES = (
    "䶮龑龘喆堃垚犇淼玥昇珺䴖㛃䲟煊焜祎翀旻旸玮珅璟赟頔頫㴔㼆㙦䘵䒟㑇㬎䥽䦃奭彧"
    "𬱖𫖯𬭎𫍯𬤝𬀩𬬭𬬱𬴂𬘭𬙂𫟹𫓧𫘜𫟼𫰛𪟝𪣻𦈡𥔲𣲘𤩽𡐓𠅤𬎆𬭳𬸚𬳽𠮷"
)
