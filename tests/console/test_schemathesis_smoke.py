import httpx, asyncio

from tests.console.city import Town, order, served
def test_x(town: Town) -> None:
    town.receive(order("YZ1", "路边烧烤店油烟很大"))
    town.dispatch("YZ1", "C03")
    t = town.people.issue_token("yz-05-clerk-chengguan","x",("commands","orders:read","cases:read"),town.now)
    with served(town.app()) as a, httpx.Client(base_url=a) as cl:
        h={"Authorization":f"Bearer {t}"}
        for m,u,b in [("GET","/openapi.json",None),("GET","/commands",None),("GET","/work-orders/YZ1",None),("POST","/work-orders/YZ1/commands/SignFor",{"unit":"C03"}),
            ("POST","/work-orders/YZ1/commands/SignFor",{"unit":"C05"}),("POST","/work-orders/YZ1/commands/StartWork",{"unit":"C03","seen":1}),("GET","/cases",None),("GET","/cases/x",None),("POST","/work-orders/YZ1/commands/Nope",None),("POST","/work-orders/YZ1/commands/Dispatch",{})]:
            r=cl.request(m,"/api/v1"+u,headers=h,json=b)
            print(m,u,r.status_code,r.headers.get("etag"),len(r.content),r.text[:300])
