import { thresholds } from '../thresholds.js';
import type { AlertText } from './alert.js';

/** The texts of all alerts in Chinese, by their names. */
export const chineseTexts = {
  PomeloServerDown: {
    summary: '{{ $labels.host }} 上的 {{ $labels.server }} 应当运行，但没有在服务。',
    means: '服务器已经结束、失联或启动失败，而且没有人启动它。没有被别的服务器接走的玩家都掉线了。',
    look: '`pomelo-ts list` 显示它是怎样结束的；`pomelo-ts logs SERVER` 显示它最后的日志。',
    act: '`pomelo-ts start -i SERVER`。如果再次失败，请恢复之前的代码或配置。servers.json5 里的 `"auto-restart": true` 会让 master 自动启动它。',
  },
  PomeloServerStartsSlowly: {
    summary: '{{ $labels.server }} 已经启动或停止了五分钟还没有完成。',
    means: '这段时间里它不服务任何人，工作由别的服务器承担。',
    look: '先看 `pomelo-ts list`，再看 `pomelo-ts logs SERVER`：游戏的 `onStart` 或 `onStop` 在等什么？',
    act: '修好它在等的东西，往往是数据库。停不下来的服务器用 `pomelo-ts kill SERVER` 结束。',
  },
  PomeloServerDrains: {
    summary: '{{ $labels.server }} 正在排空：它照常服务，但不再接收新客户端和新工作。',
    means: '这是有人下的命令。排空期间，这一类型的前端不均衡、服务器繁忙都不再通知。',
    look: '`pomelo-ts list` 显示哪些服务器在排空，`pomelo-ts audit` 显示是谁要求的。',
    act: '如果只是忘了结束：`pomelo-ts undrain SERVER`。',
  },
  PomeloTypeGone: {
    summary: '没有任何 {{ $labels.type }} 类型的服务器在服务。',
    means: '这类服务器负责的一切都会失败：发给它们的请求都得到错误。',
    look: '`pomelo-ts list`；用 `pomelo-ts logs` 看其中一台。刚才改动过什么吗？',
    act: '`pomelo-ts start -t TYPE`。如果全部同时失败，原因是代码、配置或存储：恢复之前的版本。',
  },
  PomeloHostDown: {
    summary: '{{ $labels.host }} 上没有任何服务器在服务。',
    means: '主机宕机、无法连接，或者它上面的服务器都结束了。',
    look: '`pomelo-ts doctor` 会询问每台主机；听不到消息的服务器在 `pomelo-ts list` 里显示为 `lost`。',
    act: '恢复主机：它有回应之后，上面的服务器会被启动。或者用 `pomelo-ts add` 在别处启动同样多的服务器。',
  },
  PomeloMasterAbsent: {
    summary: '没有 master 在领导。',
    means: '玩家可以继续玩，但没有人启动崩溃的服务器、接纳新服务器、提供指标：其他告警都看不见了。',
    look: '在 master 主机上运行 `pomelo-ts list`，看那里的 logs/master.log。Prometheus 能连上 `opsPort` 吗？`curl HOST:PORT/readyz`。',
    act: '在 master 主机上运行 `pomelo-ts start -D`：它会接管正在运行的服务器。',
  },
  PomeloTwoLeaders: {
    summary: '有 {{ $value }} 个 master 都说自己在领导。',
    means:
      '服务器只听任期（term）较高的一个。其中一个 master 卡住或断网了，或者两个集群被当作同一个 job 抓取。',
    look: '看 `pomelo_leader` 和它的 term；在两台主机上运行 `pomelo-ts doctor`。是不是两个游戏共用了一个 job？',
    act: '结束 term 较低的进程。给每个游戏单独的 job。',
  },
  PomeloRegistrySplit: {
    summary: '{{ $labels.server }} 不知道集群里现在有谁。',
    means: '它把玩家和调用发给已经不在的服务器，或者不发给新来的服务器。',
    look: '`pomelo-ts list`：它的连接还在吗？比较 `pomelo_process_registry_revision` 和 `pomelo_registry_revision`；`pomelo-ts logs SERVER`。',
    act: '修好到 master 的网络。如果连接还在：`pomelo-ts restart SERVER`。',
  },
  PomeloCrashLoop: {
    summary: '{{ $labels.server }} 在 10 分钟内崩溃了 {{ $value | printf "%.0f" }} 次。',
    means: '它的玩家一次又一次掉线。',
    look: '`pomelo-ts logs SERVER`：每次结束之前的错误。`pomelo_server_restarts_total` 说明是内存、信号还是代码导致的。',
    act: '恢复之前的代码。`pomelo-ts drain SERVER` 不再让新玩家进来；`pomelo-ts stop SERVER` 结束循环。',
  },
  PomeloLinkFlaps: {
    summary: '{{ $labels.server }} 与 master 的连接在 15 分钟内断续了 {{ $value }} 次。',
    means: '到 master 的网络有问题，或者两个进程之一时常卡住。',
    look: '`pomelo-ts doctor`；master 和该服务器的事件循环；`pomelo-ts logs SERVER`。',
    act: '修好主机之间的网络，或者减轻卡住的那个进程的负载。',
  },
  PomeloWrongProofs: {
    summary: '有人用另一个密钥连接 master。',
    means: '某台服务器或某个运维人员的密钥是旧的，或者是陌生人在尝试。',
    look: 'logs/master.log 写明来自哪个地址；`pomelo-ts doctor` 检查各主机的密钥是否相同。',
    act: '把密钥给那台主机，或者对那个地址关闭 master 的端口。',
  },
  PomeloAdminSignInFailures: {
    summary: '每分钟有 {{ $value | printf "%.0f" }} 次登录管理后台失败。',
    means: '有人在猜密码，或者某个程序用着旧密码。这样进不来，失败的人要等得越来越久。',
    look: 'logs/master.log 写明来自哪些地址；`pomelo-ts account` 显示谁被锁定；按 `reason` 看 `pomelo_admin_sign_in_failures_total`：`code` 表示有人拥有正确的密码。',
    act: '对那个地址关闭管理后台的端口。原因里有 `code` 时：先 `pomelo-ts account change NAME --disabled yes`，再用 `pomelo-ts account link NAME` 给账号的主人新链接。',
  },
  PomeloAuditWriteFailed: {
    summary: '{{ $labels.server }} 的审计日志写不进去。',
    means: '写不下来的操作会被拒绝：没有人能启动、停止或更改任何东西。',
    look: 'logs/master.log；游戏所在磁盘的 `df`；.pomelo-ts/audit 的所有者和权限。',
    act: '腾出空间，或者把目录还给运行 master 的用户。不要截断日志文件：`pomelo-ts audit verify` 会发现。',
  },
  PomeloCertExpires: {
    summary:
      '{{ $labels.host }} 上 {{ $labels.place }} 的 TLS 证书将在 {{ $value | humanizeDuration }} 后到期。',
    means: '现在还没有问题。到期之后，浏览器和程序都不再连接。',
    look: '负责续期的程序（例如 certbot）和它的日志：它失败了吗？`openssl x509 -enddate -noout -in CERT`。',
    act: '把新文件放到 master.json5 的 `admin.tls` 所写的位置：半分钟之内生效，不用重启。`pomelo-ts logs master` 会说明，或者说明为什么没有生效。',
  },
  PomeloCertExpiresSoon: {
    summary:
      '{{ $labels.host }} 上 {{ $labels.place }} 的 TLS 证书将在 {{ $value | humanizeDuration }} 后到期。',
    means: '最多两天之后，谁也打不开管理后台；时间小于零表示已经到期。游戏照常运行，命令行也照常可用。',
    look: '`pomelo-ts logs master`：新文件是不是因为不相配而被拒绝？`openssl x509 -enddate -noout -in CERT`。',
    act: '手工续期，把证书和密钥放到 master.json5 的 `admin.tls` 所写的位置。',
  },
  PomeloClockSkew: {
    summary: '{{ $labels.host }} 的时钟与 master 相差 {{ $value | humanizeDuration }}。',
    means: '那里的定时任务在错误的时刻运行，各处日志的时间对不上，第二因子的验证码可能被拒绝。',
    look: '`pomelo-ts doctor` 说明是快还是慢；在两台主机上看 `timedatectl` 或 `chronyc tracking`。',
    act: '在所有主机上用 chrony 或 systemd-timesyncd 之类的服务校时，并用同一个时间源。',
  },
  PomeloStoreDown: {
    summary: '{{ $labels.store }} 没有回答 {{ $labels.host }} 上的 master。',
    means:
      '玩家可以继续玩。如果存储谁也不回答，正在领导的 master 的租约会到期：此后没有 master 领导，什么都不会被启动或改动，租约和账号保持原样。',
    look: '在 master 主机上运行 `pomelo-ts doctor`，它会询问每个成员；`etcdctl endpoint status --cluster`。所有 master 都这样说，还是只有断网的那一个？',
    act: '恢复它的多数成员，或者恢复到它们的网络。master 会自动重新领导。',
  },
  PomeloOnlineDrop: {
    summary: '在线人数只有 10 分钟前的 {{ $value | humanizePercentage }}。',
    means: '许多玩家同时离开：某个前端、网络或客户端到你这里的路断了。',
    look: '`pomelo-ts top --once`：哪个前端的客户端少了？那个时刻有崩溃、重启或新版本吗？',
    act: '恢复改动之前的状态。如果这里一切正常，请检查负载均衡、DNS、证书和运营商。',
  },
  PomeloOnlineJump: {
    summary: '在线人数是 10 分钟前的 {{ $value | humanizePercentage }}。',
    means: '活动带来的玩家、故障之后回来的玩家，或者攻击。',
    look: '`pomelo-ts top --once --sort cpu`；按原因看被拒绝的客户端；新来的连接登录了吗？',
    act: '在前端满之前用 `pomelo-ts add` 增加前端。遇到攻击：settings.json5 里 `client` 的各项限制。',
  },
  PomeloHandshakesRefused: {
    summary: '{{ $value | humanizePercentage }} 的客户端没能进来：{{ $labels.reason }}。',
    means:
      '`full`：没有位置。`tooMany`：握手中的太多。`address`：同一地址太多。`origin`：来自别的网站的页面。',
    look: '`pomelo-ts top --once`：每个前端的连接数，与 `client.maxConnections` 相比。',
    act: 'full：用 `pomelo-ts add` 增加前端。address：在代理后面时设置 `trustedProxies`。origin：在 `client.origins` 里写上你的页面。',
  },
  PomeloHandshakesFail: {
    summary: '{{ $value | humanizePercentage }} 的客户端握手以 {{ $labels.result }} 结束。',
    means:
      '这些玩家进不来。`refused`：游戏拒绝了。`failed`：游戏代码抛出了错误，或者它的数据无法发送。`invalid`：发来的不是握手。',
    look: '用 `pomelo-ts logs` 看一个前端：游戏的 `handshake` 抛出或拒绝了什么？`invalid`：是不是有了新版客户端，或者别的程序在连这个端口？',
    act: '修好或恢复握手的代码或数据。如果是有意拒绝，例如旧客户端：让它们更新。',
  },
  PomeloUneven: {
    summary: '最满的 {{ $labels.type }} 的客户端是平均值的 {{ $value | printf "%.1f" }} 倍。',
    means: '新客户端没有分散到所有前端，或者增加前端之后，老客户端还没有移动。',
    look: '`pomelo-ts top --once --sort connections`；是否增加、排空或重启过服务器？',
    act: '随着玩家进出会自然均匀。如果没有：游戏的 gate 是按负载选择的吗，负载均衡是按连接数选择的吗？',
  },
  PomeloDeliveryProbe: {
    summary: '发给 {{ $labels.connector }} 的客户端的内容没有及时到达。',
    means:
      '探测走和客户端一样的路：gate 连到 connector 的客户端端口，由一台后端推送给它。一分钟以来它失败，或者用时超过一秒。',
    look: '各 gate 的 `pomelo-ts logs -f`：探测会说明走到了哪一步。`word`：服务器之间的调用；`connection`、`handshake`：客户端端口；`request`、`push`：日志里写明的后端。',
    act: '重启卡住的服务器：connector，或没有推送的后端。如果只是探测被挡住，例如防火墙或 `maxConnectionsPerAddress`，放行 gate 所在的主机。',
  },
  PomeloErrorBudgetFast: {
    summary: '{{ $value | humanizePercentage }} 的请求失败。',
    means: `照这个速度，一个月允许的错误（全部请求的 ${thresholds.errorBudget * 100} %）两天就会用完。代码有意抛出的错误不算在内。`,
    look: '`pomelo-ts top --once --view routes --sort errors`；按 `code` 看 `pomelo_request_unserved_total`；用 `pomelo-ts logs` 看失败的服务器。',
    act: '恢复之前的代码：`pomelo-ts reload` 或 `restart`。如果有服务器缺席或很慢，先处理它。',
  },
  PomeloErrorBudgetSlow: {
    summary: '几个小时以来 {{ $value | humanizePercentage }} 的请求失败。',
    means: '每天都有一些玩家遇到错误。一个月允许的错误五天就会用完。',
    look: '`pomelo-ts top --once --view routes --sort errors --window 1h`；该类型服务器的日志。',
    act: '修好失败的 handler。',
  },
  PomeloLatency: {
    summary:
      '发给 {{ $labels.type }} 类型服务器的请求，每 100 个中有一个超过 {{ $value | humanizeDuration }}。',
    means: '玩家感到游戏卡顿。',
    look: '`pomelo-ts top --once --view routes --sort p99`：是一条路由，还是全部？全部：看事件循环和处理器。一条：它的 handler 在等什么？',
    act: '修好或换回变慢的 handler；用 `pomelo-ts add` 增加事件循环迟了的那类服务器。',
  },
  PomeloRouteSlow: {
    summary: '{{ $labels.route }} 每 100 个请求中有一个超过 {{ $value | humanizeDuration }}。',
    means: '这条路由做的事对一部分玩家来说很慢。',
    look: '`pomelo-ts top --once --view routes --sort p99`，以及 `--view rpc`：它在等哪个调用？是在计算的话：对该类型的一台服务器执行 `pomelo-ts profile`。',
    act: '修好 handler，或者修好它在等的东西。',
  },
  PomeloCallsFail: {
    summary: '{{ $labels.server }} 发出的调用有 {{ $value | humanizePercentage }} 超时或被拒绝。',
    means: '它调用的服务器过载或卡住；它自己的请求会失败，或者在等待。',
    look: '`pomelo-ts top --once --view rpc --sort errors`；被调用服务器的事件循环。',
    act: '增加被调用类型的服务器，或减轻它们的负载；修好它们在等的东西。',
  },
  PomeloConnectionsBreak: {
    summary: '{{ $labels.server }} 在 15 分钟内断开了 {{ $value | printf "%.0f" }} 个到其他服务器的连接。',
    means: '每次断开，正在进行的调用都会失败。网络有问题，或者服务器时有时无。',
    look: '`pomelo-ts doctor`；用 `pomelo-ts list` 看刚刚启动的服务器；`pomelo-ts logs SERVER`。',
    act: '修好这些主机之间的网络。如果刚重启过许多服务器，它会自己过去。',
  },
  PomeloBackendsOverloaded: {
    summary: '{{ $labels.server }} 无法转发或接收玩家的全部消息。',
    means: '某个后端积压太多，或者同时工作的 handler 太多：消息被拒绝。',
    look: '`pomelo-ts top --once --sort loop`：哪个后端迟了？`--view routes --sort busy`：什么让它忙？',
    act: '用 `pomelo-ts add` 增加该类型的服务器。修好让它们忙的 handler。',
  },
  PomeloSendQueueGrows: {
    summary: '{{ $labels.server }} 等待发给客户端的数据每秒增加 {{ $value | humanize1024 }}B。',
    means: '客户端读得没有发得快：玩家看到的游戏是迟的，服务器的内存会用完。',
    look: '`pomelo_client_slow`：是全部，还是少数？全部：看服务器的网络。按 `kind` 看 `pomelo_pushes_total`：推送比以前多吗？',
    act: '少推送，或推送得小一些。settings.json5 里的 `client.sendQueue` 限制为一个客户端等待的数据。',
  },
  PomeloPushesDropped: {
    summary: '{{ $labels.server }} 的推送有 {{ $value | humanizePercentage }} 被丢弃。',
    means: '玩家没有看到发生的一切。',
    look: '按 `cause` 看 `pomelo_push_dropped_total`：是 `slow`（读得慢的客户端），还是 `absent`（会话在等待的客户端）？`pomelo_client_slow`。',
    act: 'slow：少推送，或修好网络。absent：被移动或断网的玩家会回来，游戏会重新告诉他们。',
  },
  PomeloEventLoopSlow: {
    summary: '{{ $labels.server }} 的事件循环迟了 {{ $value | humanizeDuration }}。',
    means: '这台服务器做的每件事都要等这么久，对它的所有玩家都是如此。',
    look: '`pomelo-ts profile SERVER` 显示时间花在哪些函数上；`pomelo-ts top --once --view routes --sort busy`；该服务器的处理器和垃圾回收；机器是不是在忙别的？',
    act: '用 `pomelo-ts add` 分散负载。把长时间的计算移出 handler。',
  },
  PomeloEventLoopStuck: {
    summary: '{{ $labels.server }} 的事件循环迟了 {{ $value | humanizeDuration }}。',
    means: '对它的玩家来说，游戏一次又一次停住。',
    look: '`pomelo-ts profile SERVER` 显示时间花在哪些函数上；`pomelo-ts top --once --view routes --sort busy`；`pomelo-ts logs SERVER`。',
    act: '`pomelo-ts drain SERVER` 不再让新玩家进来。不恢复就 `pomelo-ts restart SERVER`。恢复之前的代码。',
  },
  PomeloHeapHigh: {
    summary: '{{ $labels.server }} 的堆已用 {{ $value | humanizePercentage }}。',
    means: '堆满时进程会带着所有玩家一起结束。在那之前它会不停地回收垃圾。',
    look: '它是连续几天上涨（泄漏），还是随玩家上涨？按 `space` 看 `pomelo_heap_used_bytes`。',
    act: '先 `pomelo-ts drain SERVER`，再 `pomelo-ts restart SERVER`。需要更大的堆：servers.json5 里的 `args: ["--max-old-space-size=4096"]`。',
  },
  PomeloHeapLeak: {
    summary: '{{ $labels.server }} 的堆会在 6 小时内用满。',
    means: '它已经上涨了几个小时，垃圾回收之后也不下降。',
    look: '什么跟着上涨：频道、会话，还是代码里从不清空的 Map？从哪个版本开始？',
    act: '在安静的时段重启：`pomelo-ts restart SERVER`。在测试环境用堆快照找出被留住的东西。',
  },
  PomeloCpuHigh: {
    summary: '{{ $labels.server }} 用了一个处理器的 {{ $value | humanizePercentage }}。',
    means: '游戏代码只用一个处理器：这台服务器不能再多做了，很快会变慢。',
    look: '`pomelo-ts top --once --sort cpu`；`--view routes --sort busy`。',
    act: '用 `pomelo-ts add` 增加该类型的服务器。',
  },
  PomeloFilesHigh: {
    summary: '{{ $labels.server }} 打开的描述符已达上限的 {{ $value | humanizePercentage }}。',
    means: '用完之后它不能接纳客户端、打开文件，也不能写日志。',
    look: '它随客户端上涨，还是与客户端无关？`ls -l /proc/PID/fd` 显示它们是什么。',
    act: '提高上限（systemd 的 `LimitNOFILE`，`ulimit -n`）并重启服务器；修好只打开不关闭的代码。',
  },
  PomeloNoFiles: {
    summary: '{{ $labels.server }} 打不开文件或连接。',
    means: '进程或整台机器没有描述符了：新客户端进不来。',
    look: '`process_open_fds` 和 `process_max_fds`；`pomelo-ts doctor`；机器的 /proc/sys/fs/file-nr。',
    act: '`pomelo-ts drain SERVER`，提高上限后重启它。',
  },
  PomeloDiskLow: {
    summary: '{{ $labels.host }} 上存放 {{ $labels.disk }} 的磁盘只剩 {{ $value | humanize1024 }}B。',
    means: '现在还没有出问题。磁盘满了之后，日志写不进去，任何改动也记不下来。',
    look: '在那里运行 `df -h` 和 `du -sh logs .pomelo-ts`；`pomelo-ts doctor`。变大的是日志、堆快照，还是与游戏无关的东西？',
    act: '腾出空间。master.json5 里的 `log.maxSize` 和 `log.keep` 限制日志占用的大小。',
  },
  PomeloDiskFull: {
    summary: '{{ $labels.host }} 上存放 {{ $labels.disk }} 的磁盘只剩 {{ $value | humanize1024 }}B。',
    means:
      '只要游戏自己不写文件，玩家可以继续玩。服务器的日志会丢失；如果状态也在这块磁盘上，谁都不能再改动任何东西。',
    look: '在那里运行 `df -h` 和 `du -sh logs .pomelo-ts`；`pomelo-ts doctor`。',
    act: '立即腾出空间：删除旧日志和与游戏无关的东西，绝不要删 .pomelo-ts 下的文件。之后日志会自动继续写。',
  },
  PomeloUnhandledRejections: {
    summary: '{{ $labels.server }} 上的游戏代码有 Promise 被拒绝而没有人等待。',
    means: '有事情失败了，而发起它的代码不知道：本该做的事没有做。',
    look: '`pomelo-ts logs SERVER`：那里有错误和位置。',
    act: '等待（await）这个 Promise，或者捕获它抛出的错误。',
  },
  PomeloCronFailed: {
    summary: '{{ $labels.server }} 的定时任务失败了。',
    means: '那个时刻本该做的事没有做。',
    look: '`pomelo-ts logs SERVER`：哪个任务，为什么；`pomelo-ts top --once --view crons`。',
    act: '修好它的代码，并手工补做漏掉的事。',
  },
  PomeloCronMissed: {
    summary: '{{ $labels.server }} 的定时任务被略过了。',
    means: '时间已过（进程或机器停顿过），或者上一次还没有做完。',
    look: '`pomelo-ts top --once --view crons` 区分 missed 和 skipped；`pomelo-ts logs SERVER`。',
    act: 'skipped：让任务更短或更少。missed：是什么让进程停顿？',
  },
  PomeloCronWithoutLease: {
    summary: '{{ $labels.server }} 的定时任务拿不到租约。',
    means: '在集群里只运行一次的任务没有运行：它的服务器连不上 master 或存储。',
    look: '`pomelo-ts doctor`；有 master 在领导吗？看该服务器的日志。',
    act: '修好 master 或存储；手工补做漏掉的事。',
  },
  PomeloLeaseLost: {
    summary: '{{ $labels.server }} 失去了一个租约。',
    means: '只由它做的事在那里停下了，由另一台服务器来做，或者没有人做。',
    look: '`pomelo-ts logs SERVER`：哪个租约，为什么；它的连接时断时续吗，事件循环卡住了吗？',
    act: '修好到 master 的网络，或减轻该服务器的负载。需要租约的代码要重新取得它。',
  },
  PomeloSessionsLost: {
    summary: '有玩家的会话在两个前端之间丢失。',
    means: '被移动的玩家需要重新登录。',
    look: '用 `pomelo-ts logs` 看那个时刻的前端；有没有前端在移动时结束或卡住？',
    act: '修好让它结束的原因。玩家会自己回来。',
  },
  PomeloServerUntold: {
    summary: '{{ $labels.server }} 在服务，但它的指标没有到。',
    means: '对这台服务器，其他告警都看不见。',
    look: '`pomelo_exposition_left_out`；`pomelo-ts logs SERVER`；它的版本与 master 相配吗？',
    act: '用 master 的版本重启它：`pomelo-ts restart SERVER`。指标太多时，读它自己的端口：`opsPort`。',
  },
  PomeloScrapeFailing: {
    summary: '一小时之内还能读取 {{ $labels.instance }}，现在读不到了。',
    means: '它的主机、进程或路径没有了：它提供的内容看不到。',
    look: '在 Prometheus 主机上运行 `curl INSTANCE/healthz`；Prometheus 的 targets 页面写明错误。',
    act: '修好主机或防火墙。如果是领导的 master 换了，或者你自己停了服务器：什么也不用做。',
  },
  PomeloMeasuresLeftOut: {
    summary: '{{ $labels.instance }} 有 {{ $value }} 个数字没有提供。',
    means: '超过了 100,000 个，或者一个名字有两种含义：有些数字和告警是错的。',
    look: '哪个指标的序列最多：`topk(10, count by (__name__) ({server!=""}))`。是不是同时运行着游戏的两个版本？',
    act: '少用标签，或者读各服务器自己的端口：servers.json5 里的 `opsPort`。',
  },
} as const satisfies Readonly<Record<string, AlertText>>;
